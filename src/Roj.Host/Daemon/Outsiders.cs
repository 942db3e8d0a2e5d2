using Roj.Kernel;
using Roj.Membership.Sealing;
using Roj.Membership.Wire;

namespace Roj.Host.Daemon;

/// <summary>Tells the operator of nodes that would be here but for the key: the most likely reason why one is missed.</summary>
/// <remarks>What strangers make us say is bounded: one line a minute, whoever they are; until then nothing of them is looked at.</remarks>
/// <param name="hasKey">Whether this node has one.</param>
/// <param name="now">The time.</param>
/// <param name="warn">Told the line.</param>
internal sealed class Outsiders(bool hasKey, Func<Instant> now, Action<string> warn)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private Instant quietUntil;

    /// <summary>Something came that is not of this cluster.</summary>
    public void Heard(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        if (now() < quietUntil)
            return;
        var why = SealHeader.IsOne(datagram)
            ? hasKey ? "has another key: it is not heard" : "has a key, and this one has none: give it the same by --key-file"
            : hasKey && HelloCodec.TryRead(datagram, out _) == ReadStatus.Done ? "has no key: it is not heard" : null;
        if (why is null)
            return;
        quietUntil = now() + Pause;
        warn($"a node at {from} {why}");
    }
}
