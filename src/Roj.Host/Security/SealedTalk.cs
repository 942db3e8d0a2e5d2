using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.Host.Security;

/// <summary>Speaks to nodes that have a key, and hears them, for who holds it and is no node: a tool that asks something and is gone. One
/// caller.</summary>
/// <remarks>Whom it speaks to the first time does not believe it, and says only who it is (<see cref="Seal"/>): that is heard as nothing
/// said, and what was to be said is said again.</remarks>
/// <param name="key">The cluster's.</param>
/// <param name="self">A random number, by which others know it apart.</param>
public sealed class SealedTalk(ClusterKey key, UInt128 self) : IDisposable
{
    /// <summary>How many bytes longer a datagram is than what it says.</summary>
    public const int Overhead = Seal.Overhead;

    private readonly Seal seal = new(new ClusterKeys(Keyring.Of([key])), self);

    /// <summary>Seals what is said to whoever listens at <paramref name="to"/>.</summary>
    /// <returns>How long it is in <paramref name="output"/>.</returns>
    public int Write(Endpoint to, ReadOnlySpan<byte> said, Span<byte> output) => seal.Write(to, said, output);

    /// <summary>Opens what came from <paramref name="from"/>.</summary>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">All of it.</param>
    /// <param name="output">Room for as much.</param>
    /// <param name="said">What is said; empty if the other says only who it is.</param>
    /// <returns>Whether it is of the cluster, meant for us, and new.</returns>
    public bool Open(Endpoint from, ReadOnlySpan<byte> datagram, Span<byte> output, out ReadOnlySpan<byte> said) =>
        seal.Open(Instant.Zero + TimeSpan.FromMilliseconds(Environment.TickCount64), from, datagram, output, out said) == SealVerdict.Fresh;

    /// <summary>Forgets the key.</summary>
    public void Dispose() => seal.Dispose();
}
