using System.Diagnostics;
using System.Text;
using Roj.Agreement;
using Roj.Simulation.Histories;
using Known = Roj.Simulation.Histories.Outcome;
using Outcome = Roj.Agreement.Outcome;

namespace Roj.EndToEnd.Agreement;

/// <summary>What all clients asked for and were told, by one clock; for any thread.</summary>
internal sealed class LoadBook
{
    private readonly Lock gate = new();
    private readonly HistoryRecorder recorder = new();
    private readonly Dictionary<string, ulong> versions = [];

    /// <summary>All that was written down; for when nobody writes any more.</summary>
    public IReadOnlyList<Operation> Operations => recorder.Operations;

    /// <summary>How many were written down.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return recorder.Operations.Count;
        }
    }

    /// <summary>The greatest version of a register that anybody was told of; 0 if nobody was.</summary>
    public ulong VersionOf(string register)
    {
        lock (gate)
            return versions.GetValueOrDefault(register);
    }

    /// <summary>A client is about to ask.</summary>
    public int Begin(string client, Deed deed)
    {
        lock (gate)
            return recorder.Invoke(deed.Register, client, deed.Kind, Stopwatch.GetTimestamp());
    }

    /// <summary>A client was told; it is not asked again.</summary>
    /// <param name="number">What it began.</param>
    /// <param name="deed">What it asked for.</param>
    /// <param name="outcome">What it was told; null for nothing.</param>
    public void End(int number, Deed deed, Outcome? outcome)
    {
        var at = Stopwatch.GetTimestamp();
        lock (gate)
        {
            var known = outcome?.Applied switch
            {
                Applied.Yes => Known.Yes,
                Applied.No when deed.Change is not null => Known.No, // a reading in vain tells nothing
                _ => Known.Unknown,
            };
            recorder.Return(number, known, outcome is null ? null : SeenOf(deed, outcome), at);
            if (outcome is not null && known is not Known.Unknown)
                versions[deed.Register] = Math.Max(versions.GetValueOrDefault(deed.Register), outcome.Version);
        }
    }

    // A change that somebody else completed is known by its version alone, once there was another after it.
    private static Seen? SeenOf(Deed deed, Outcome outcome) => (outcome, deed.Kind) switch
    {
        ({ Content: { } content }, _) => new Seen(outcome.Version, content.Data is { } data ? Encoding.ASCII.GetString(data.Span) : null),
        ({ Applied: Applied.Yes }, OperationKind.Write(var value)) => new Seen(outcome.Version, value),
        ({ Applied: Applied.Yes }, OperationKind.CompareVersionAndSet(_, var value)) => new Seen(outcome.Version, value),
        ({ Applied: Applied.Yes }, OperationKind.Delete) => new Seen(outcome.Version, null),
        _ => null,
    };
}
