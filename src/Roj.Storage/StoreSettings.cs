using Roj.Kernel;

namespace Roj.Storage;

/// <summary>How a node takes part in the store.</summary>
public sealed record StoreSettings
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Which of its starts this is; no two have one number.</summary>
    public required uint Boot { get; init; }

    /// <summary>How many copies there are of each key: one extra, as in the seed.</summary>
    public int Copies { get; init; } = 2;

    /// <summary>How many servers have the keys between them, as the seed has it: server n is node n + 1, and this node has none of the keys
    /// itself. Null where nodes have them by a map of slots.</summary>
    public int? Servers { get; init; }

    /// <summary>How long an owner that seems to be here may take to answer before it is done without him.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a call may take.</summary>
    public TimeSpan CallPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls under way, at most: what is more is refused.</summary>
    public int CallsMax { get; init; } = 16_384;

    /// <summary>Hints kept for all who can't be reached, at most; what would need more is refused.</summary>
    public int HintsMax { get; init; } = 100_000;

    /// <summary>Bytes of those hints, at most.</summary>
    public long HintBytesMax { get; init; } = 256 << 20;

    /// <summary>How often copies are compared with those of each other owner.</summary>
    public TimeSpan ComparePause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old what somebody has read or written may be when it comes to another node; what is older is not taken.</summary>
    public TimeSpan MessageAge { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long all must have had a tombstone before it is dropped: longer than <see cref="MessageAge"/> and <see
    /// cref="BuryPatience"/> together.</summary>
    public TimeSpan BuryPause { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long to wait for others to say what they have, before tombstones are dropped.</summary>
    public TimeSpan BuryPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often to look for tombstones that can be dropped.</summary>
    public TimeSpan BuryEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a node that was told to be gone may be away before it is done without: then it throws away what it has when it
    /// comes back.</summary>
    public TimeSpan OutcastPatience { get; init; } = TimeSpan.FromHours(1);
}
