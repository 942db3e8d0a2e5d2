using Roj.Kernel;

namespace Roj.Membership.Keeping.Wire;

/// <summary>What two nodes say to each other by a stream now and then, so that what gossip missed is not missed for ever (memberlist's
/// push-pull; anti-entropy, Demers et al. 1987).</summary>
/// <remarks>A <see cref="Digest"/> is answered by <see cref="Same"/> or by everything, and that by everything of the asker. A
/// <see cref="Claim"/> is answered by a <see cref="Verdict"/>, or by a claim if it is the asker who judges.</remarks>
public abstract record ExchangeMessage
{
    private ExchangeMessage()
    {
    }

    /// <summary>A hash of all that I believe.</summary>
    /// <param name="Hash">See <see cref="Keeper.Opening"/>.</param>
    public sealed record Digest(ulong Hash) : ExchangeMessage;

    /// <summary>I believe the same.</summary>
    public sealed record Same : ExchangeMessage;

    /// <summary>All that I believe.</summary>
    /// <param name="Records">Of each member, the speaker included.</param>
    /// <param name="IsLast">Whether it is the answer to everything, and so the end.</param>
    public sealed record Everything(IReadOnlyList<MemberRecord> Records, bool IsLast) : ExchangeMessage;

    /// <summary>I have your id, and live: one of us must end.</summary>
    /// <param name="Id">The id of both.</param>
    /// <param name="Boot">The number of my process.</param>
    /// <param name="YourBoot">Yours: I have heard you.</param>
    /// <param name="Node">Where I listen, to be told to people.</param>
    /// <param name="Uptime">How long I run, to the millisecond.</param>
    public sealed record Claim(NodeId Id, ulong Boot, ulong YourBoot, Endpoint Node, TimeSpan Uptime) : ExchangeMessage;

    /// <summary>Who of us ends.</summary>
    /// <param name="Judge">My boot, the greater of the two.</param>
    /// <param name="Ends">The boot of who ends.</param>
    /// <param name="Uptime">How long I run, to the millisecond.</param>
    public sealed record Verdict(ulong Judge, ulong Ends, TimeSpan Uptime) : ExchangeMessage;
}
