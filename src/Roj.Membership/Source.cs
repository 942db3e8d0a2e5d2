namespace Roj.Membership;

/// <summary>How a node came to be known, from the weakest reason to trust that it exists to the strongest.</summary>
public enum Source
{
    /// <summary>Another node named it.</summary>
    Exchanged,

    /// <summary>It turned to this node by itself, over whatever protocol.</summary>
    Contact,

    /// <summary>It answered in an earlier life of this node.</summary>
    Remembered,

    /// <summary>An operator named it (<c>--join</c>, a configuration): asked for ever, never evicted.</summary>
    Static,
}
