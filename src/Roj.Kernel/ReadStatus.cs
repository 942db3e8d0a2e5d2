namespace Roj.Kernel;

/// <summary>How an attempt to read something from bytes ended. Hostile bytes never throw.</summary>
public enum ReadStatus
{
    /// <summary>It was read; <c>consumed</c> says how many bytes it took.</summary>
    Done,

    /// <summary>What is there is the beginning of something; nothing was consumed.</summary>
    NeedMore,

    /// <summary>It can't become right by reading on: the sender is broken or hostile.</summary>
    Malformed,
}
