namespace Roj.EndToEnd.Agreement;

/// <summary>What is done to nodes, or to the network between them.</summary>
internal enum Harm
{
    /// <summary>SIGKILL, to any node.</summary>
    Kill,

    /// <summary>SIGKILL, to two at once.</summary>
    KillTwo,

    /// <summary>SIGKILL, to the one that proposes for all.</summary>
    KillProposer,

    /// <summary>SIGSTOP: it stands still, and goes on where it was.</summary>
    Pause,

    /// <summary>Two groups don't hear each other.</summary>
    Split,

    /// <summary>One node is not heard by another, but hears him.</summary>
    CutOneWay,

    /// <summary>Frames are lost, of all nodes.</summary>
    Loss,
}
