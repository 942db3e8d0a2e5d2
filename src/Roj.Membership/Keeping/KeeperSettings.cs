using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>Who this node is among the members, and how patient it is with them.</summary>
public sealed record KeeperSettings
{
    /// <summary>This node.</summary>
    public required NodeId Id { get; init; }

    /// <summary>Where it listens for others.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>The first incarnation of this life: greater than any of an earlier one.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>How long each probe may take, until the next; a twelfth less to a twelfth more, by chance (SWIM's protocol
    /// period).</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(550);

    /// <summary>How long a probed member has before others are asked to probe it too.</summary>
    public TimeSpan ProbePatience { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many others are asked.</summary>
    public int Relays { get; init; } = 3;

    /// <summary>How long at least a suspect has to refute, however many suspect it, in a cluster of up to 63 members.</summary>
    public TimeSpan SuspicionMin { get; init; } = TimeSpan.FromMilliseconds(1100);

    /// <summary>How many times that a suspect has whom one alone suspects.</summary>
    public int SuspicionStretch { get; init; } = 4;

    /// <summary>How many others must confirm a suspicion for it to be as short as it gets.</summary>
    public int ConfirmationsMax { get; init; } = 3;

    /// <summary>How often news are told, as long as there are any.</summary>
    public TimeSpan GossipPace { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>To how many at one time.</summary>
    public int GossipFanout { get; init; } = 3;

    /// <summary>How often everything is exchanged with one other; most times it turns out that there is nothing to say.</summary>
    public TimeSpan ExchangePace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often one of the dead is probed: a network that was in two parts becomes one again by it.</summary>
    public TimeSpan RemembrancePace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long those who are gone are remembered, and probed.</summary>
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Members at most, those who are gone included.</summary>
    public int MembersMax { get; init; } = 16 * 1024;
}
