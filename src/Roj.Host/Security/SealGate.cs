using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.Host.Security;

/// <summary>Where all datagrams of a process with a key pass: out sealed, in opened, and strangers introduced.</summary>
/// <remarks>One caller, like its <see cref="Seal"/>.</remarks>
/// <param name="seal">The process's.</param>
/// <param name="now">The time.</param>
/// <param name="bytesMax">Bytes at most of what is said by one datagram.</param>
internal sealed class SealGate(Seal seal, Func<Instant> now, int bytesMax) : IDisposable
{
    private readonly byte[] outgoing = new byte[bytesMax + Seal.Overhead];
    private readonly byte[] opened = new byte[bytesMax + Seal.Overhead + 1];

    /// <summary>Whether a node may be there: an introduction to a broadcast address, which anybody can name as his, would reach
    /// all.</summary>
    public Func<Endpoint, bool> Admits { get; init; } = from => from.IsUsable;

    /// <summary>Told where somebody of the cluster listens who said nothing but who it is: it can be spoken to from now on.</summary>
    public Action<Endpoint>? Introduced { get; set; }

    /// <summary>Told who speaks an older key of the ring, and which, each time that it does.</summary>
    public Action<Endpoint, ClusterKey>? Behind { get; set; }

    /// <summary>Told where something came from that no key of ours opens.</summary>
    public FromOutside? Refused { get; set; }

    /// <summary>What was kept out.</summary>
    public SealCounts Counts { get; private set; }

    /// <summary>Takes what came from outside, with its bytes; they are gone when it returns.</summary>
    public delegate void FromOutside(Endpoint from, ReadOnlySpan<byte> datagram);

    /// <summary>Seals what is said; it stands until the next call.</summary>
    public ReadOnlySpan<byte> Out(Endpoint to, ReadOnlySpan<byte> said) => outgoing.AsSpan(0, seal.Write(to, said, outgoing));

    /// <summary>The same in an older key, for who may not have the first yet; empty as a rule. It stands until the next call.</summary>
    public ReadOnlySpan<byte> OutAgain(Endpoint to, ReadOnlySpan<byte> said) => outgoing.AsSpan(0, seal.WriteAgain(to, said, outgoing));

    /// <summary>Opens what came.</summary>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">All of it, or one byte more than may be.</param>
    /// <param name="said">What is said; it stands until the next call.</param>
    /// <param name="answer">What to answer, as it is; empty for nothing.</param>
    /// <returns>Whether something is said.</returns>
    public bool In(Endpoint from, ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> said, out ReadOnlySpan<byte> answer)
    {
        answer = default;
        var verdict = seal.Open(now(), from, datagram, opened, out said);
        switch (verdict)
        {
            case SealVerdict.Fresh:
                if (seal.OldKeyOf(from) is { } old)
                    Behind?.Invoke(from, old);
                if (said.IsEmpty)
                    Introduced?.Invoke(from);
                return !said.IsEmpty;
            case SealVerdict.Stranger:
                Counts = Counts with { Strangers = Counts.Strangers + 1 };
                if (Admits(from))
                    answer = outgoing.AsSpan(0, seal.Introduce(datagram, outgoing));
                return false;
            case SealVerdict.Replayed:
                Counts = Counts with { Replayed = Counts.Replayed + 1 };
                return false;
            case SealVerdict.TooMany:
                Counts = Counts with { TooMany = Counts.TooMany + 1 };
                return false;
            default:
                Counts = Counts with { Foreign = Counts.Foreign + 1 };
                Refused?.Invoke(from, datagram);
                return false;
        }
    }

    /// <summary>Who listens there has the first key by now.</summary>
    public void CaughtUp(Endpoint node) => seal.CaughtUp(node);

    /// <summary>Forgets the keys.</summary>
    public void Dispose() => seal.Dispose();
}
