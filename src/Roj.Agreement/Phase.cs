namespace Roj.Agreement;

/// <summary>How far a request is.</summary>
internal enum Phase
{
    /// <summary>Another of this proposer's is under way, or it pauses after a refusal.</summary>
    Waiting,

    /// <summary>It asks what was taken last; nothing is promised.</summary>
    Asking,

    /// <summary>It asks those to take what others took last who have not.</summary>
    Repairing,

    /// <summary>It asks for promises.</summary>
    Preparing,

    /// <summary>It asks to take something.</summary>
    Accepting,
}
