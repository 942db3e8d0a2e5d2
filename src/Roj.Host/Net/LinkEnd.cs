namespace Roj.Host.Net;

/// <summary>How a stream of frames ended.</summary>
internal enum LinkEnd
{
    /// <summary>The other side, or this one, hung up, or the network did.</summary>
    HungUp,

    /// <summary>What came is nothing of ours.</summary>
    Malformed,

    /// <summary>What came would not fit beside what others send at this moment.</summary>
    Crowded,
}
