namespace Roj.Election;

/// <summary>What of a leader's is going round.</summary>
internal enum RingRound : byte
{
    /// <summary>Nothing: all have heard.</summary>
    None,

    /// <summary>That it leads.</summary>
    Leader,

    /// <summary>The question who there is.</summary>
    Collect,

    /// <summary>Nothing: it is the caller's turn to paint.</summary>
    Paint,

    /// <summary>The colours.</summary>
    Color,
}
