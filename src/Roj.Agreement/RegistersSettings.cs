using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What a node's part in agreement is told.</summary>
public sealed record RegistersSettings
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Which of its lives this is, 1 or more: counted on its disk before it speaks.</summary>
    public required uint Boot { get; init; }

    /// <summary>How many nodes make a cluster (<c>--expect</c>), 1 to 7; 0 to make none but join one that is there.</summary>
    public int Expected { get; init; }

    /// <summary>How many replicas a slot of the store has, unless told otherwise.</summary>
    public const int CopiesUsual = 3;

    /// <summary>How many replicas a slot of the store has, 1 to 7; fewer where there are not so many nodes.</summary>
    public int Copies { get; init; } = CopiesUsual;

    /// <summary>How many slots the store has, 1 to <see cref="Placement.SlotsMax"/>: the same at all nodes.</summary>
    public int Slots { get; init; } = Placement.SlotsMax;

    /// <summary>After this the leader looks at some slots again, and has those moved that are not where they should be.</summary>
    public TimeSpan PlacementPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After this a replica goes on comparing what it has with another: some sixty registers at a time.</summary>
    public TimeSpan RepairPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>When it has gone through all of them it rests for so long.</summary>
    public TimeSpan RepairRest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Patience and limits.</summary>
    public ProposerSettings Proposing { get; init; } = new();

    /// <summary>How long a node must have been here before it is given a vote.</summary>
    public TimeSpan AliveBeforeVote { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a change of the roster that another node began may stand still before this one goes on with it.</summary>
    public TimeSpan StewardPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a change of the roster may take.</summary>
    public TimeSpan RosterPatience { get; init; } = TimeSpan.FromSeconds(30);
}
