using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;
using Roj.Membership.Wire;

namespace Roj.Host.Daemon;

/// <summary>Tells the operator of nodes that would be here but for the key: the most likely reason why one is missed.</summary>
/// <remarks>What strangers make us say is bounded: one line a minute, whoever they are; until then nothing of them is looked at.</remarks>
/// <param name="keys">This node's; null if it has none.</param>
/// <param name="now">The time.</param>
/// <param name="warn">Told the line.</param>
internal sealed class Outsiders(ClusterKeys? keys, Func<Instant> now, Action<string> warn)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // What a member said in the old key just before it was told the new one is still on its way.
    private static readonly TimeSpan PauseAfterRotation = TimeSpan.FromSeconds(10);

    private Keyring? known = keys?.Current;
    private Instant quietUntil;

    /// <summary>Something came that is not of this cluster.</summary>
    public void Heard(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        var at = now();
        if (keys?.Current != known)
            (known, quietUntil) = (keys?.Current, at + PauseAfterRotation);
        if (at < quietUntil || Why(datagram) is not { } why)
            return;
        quietUntil = at + Pause;
        warn($"a node at {from} {why}");
    }

    private string? Why(ReadOnlySpan<byte> datagram)
    {
        if (!SealHeader.IsOne(datagram))
            return known is not null && HelloCodec.TryRead(datagram, out _) == ReadStatus.Done ? "has no key: it is not heard" : null;
        if (known is null)
            return "has a key, and this one has none: give it the same by --key-file";
        return SealHeader.TryRead(datagram, out var header) && known.Retired.Contains(header.KeyId)
            ? $"has a key that was retired ({header.KeyId:x8}): give it the new one, 'roj key show'"
            : "has another key: it is not heard";
    }
}
