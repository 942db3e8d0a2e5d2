namespace Roj.Membership.Keeping.Wire;

/// <summary>What two nodes say to each other by a stream now and then, so that what gossip missed is not missed for ever (memberlist's
/// push-pull; anti-entropy, Demers et al. 1987).</summary>
/// <remarks>A <see cref="Digest"/> is answered by <see cref="Same"/> or by everything, and that by everything of the asker.</remarks>
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
}
