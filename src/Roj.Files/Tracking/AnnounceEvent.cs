namespace Roj.Files.Tracking;

/// <summary>Why a tracker is told of a peer (BEP 3's <c>event</c>).</summary>
public enum AnnounceEvent
{
    /// <summary>The interval is over: nothing happened.</summary>
    None,

    /// <summary>The peer begins: the first that this tracker hears of it.</summary>
    Started,

    /// <summary>The file has just become whole; not said by a peer that began with all of it.</summary>
    Completed,

    /// <summary>The peer leaves.</summary>
    Stopped,
}
