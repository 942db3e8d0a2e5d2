namespace Roj.Election;

/// <summary>The part that a node plays: a third of the nodes is green, rounded up, the leader among them.</summary>
public enum Colour : byte
{
    /// <summary>None is known.</summary>
    None,

    /// <summary>One of the third.</summary>
    Green,

    /// <summary>One of the rest.</summary>
    Red,
}
