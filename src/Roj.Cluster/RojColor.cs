namespace Roj;

/// <summary>Which part a node plays: a third of the nodes that are here, rounded up, is green, the leader always.</summary>
public enum RojColor
{
    /// <summary>None yet: nobody leads, or the leader has not said it yet.</summary>
    None,

    /// <summary>One of the third.</summary>
    Green,

    /// <summary>One of the others.</summary>
    Red,
}
