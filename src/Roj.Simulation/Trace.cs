using System.Globalization;
using Roj.Kernel;

namespace Roj.Simulation;

/// <summary>Everything that happened in a world, folded into one number; two runs that differ anywhere differ here.</summary>
/// <remarks>A line is (time, machine, kind, details). Text is only made when somebody reads it.</remarks>
public sealed class Trace
{
    private readonly World world;

    internal Trace(World world)
    {
        this.world = world;
    }

    /// <summary>Receives each line as text; null where only the hash is wanted. It does not influence the hash.</summary>
    public Action<string>? Sink { get; set; }

    /// <summary>The hash of every event and every line so far.</summary>
    public ulong Hash { get; private set; } = StableHash.Start;

    /// <summary>Lines so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Adds a line with details in words. Makes a string: for rare things; on hot paths give numbers.</summary>
    /// <param name="machine">The machine it happened on; null for the world.</param>
    /// <param name="kind">What kind of thing happened: a constant, so that lines can be counted by it.</param>
    /// <param name="details">The rest.</param>
    public void Add(Machine? machine, string kind, string details = "")
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(details);
        Begin(machine, kind);
        Hash = StableHash.Mix(Hash, details);
        if (Sink is not null)
            Write(machine, kind, details);
    }

    /// <summary>Adds a line with two numbers.</summary>
    public void Add(Machine? machine, string kind, long first, long second = 0)
    {
        ArgumentNullException.ThrowIfNull(kind);
        Begin(machine, kind);
        Hash = StableHash.Mix(StableHash.Mix(Hash, (ulong)first), (ulong)second);
        if (Sink is not null)
            Write(machine, kind, string.Create(CultureInfo.InvariantCulture, $"{first} {second}"));
    }

    /// <summary>Adds a line about bytes that went from one endpoint to another; the bytes themselves enter the hash.</summary>
    public void Add(Machine? machine, string kind, Endpoint from, Endpoint to, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(kind);
        Begin(machine, kind);
        Hash = StableHash.Mix(StableHash.Mix(Hash, Word(from)), Word(to));
        Hash = StableHash.Mix(Hash, bytes);
        if (Sink is not null)
            Write(machine, kind, string.Create(CultureInfo.InvariantCulture, $"{from} > {to} {bytes.Length} B"));
    }

    /// <summary>Writes a line for people only: it does not enter the hash, and costs nothing where nobody reads.</summary>
    /// <param name="machine">The machine it is about.</param>
    /// <param name="kind">What kind of thing it is.</param>
    /// <param name="details">The rest; its text is made only when it is read.</param>
    public void Comment(Machine? machine, string kind, object details)
    {
        ArgumentNullException.ThrowIfNull(details);
        if (Sink is not null)
            Write(machine, kind, details.ToString() ?? "");
    }

    internal void Mix(Due due) => Hash = StableHash.Mix(StableHash.Mix(Hash, (ulong)due.Ticks), (ulong)due.Sequence);

    private void Begin(Machine? machine, string kind)
    {
        Lines++;
        Hash = StableHash.Mix(StableHash.Mix(Hash, (ulong)world.Now.Ticks), (ulong)(machine?.Id ?? -1));
        Hash = StableHash.Mix(Hash, kind);
    }

    private void Write(Machine? machine, string kind, string details) =>
        Sink!($"{world.Now} {machine?.Name ?? "world"} {kind} {details}");

    private static ulong Word(Endpoint endpoint) => ((ulong)endpoint.Address << 16) | endpoint.Port;
}
