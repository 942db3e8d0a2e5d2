namespace Roj.Token;

/// <summary>How a node stands to a token.</summary>
public enum TokenState
{
    /// <summary>It has lost sight of it, and asks.</summary>
    Loser,

    /// <summary>It has heard of it lately.</summary>
    Waiter,

    /// <summary>It offers to make a new one.</summary>
    Generating,

    /// <summary>It holds it, and works.</summary>
    Owner,

    /// <summary>It has given it to the next one, who has not said yet that he has it.</summary>
    Passing,

    /// <summary>It held it and stood still: it hears the others first.</summary>
    Doubting,

    /// <summary>Quorum mode: it asks for the lease.</summary>
    Claiming,

    /// <summary>Quorum mode: it has the lease, and asks for what others did last.</summary>
    Fetching,
}
