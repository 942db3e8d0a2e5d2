namespace Roj.Files;

/// <summary>Why a swarm closed a connection.</summary>
public enum CloseReason
{
    /// <summary>It serves another file.</summary>
    OtherFile,

    /// <summary>It is this node itself.</summary>
    Self,

    /// <summary>Another connection to the same peer stays.</summary>
    Duplicate,

    /// <summary>Neither side has anything left to give.</summary>
    BothComplete,

    /// <summary>Its place was needed for a peer that is more useful.</summary>
    Useless,

    /// <summary>It said nothing, or did not answer, for too long.</summary>
    TimedOut,

    /// <summary>It broke the protocol.</summary>
    Misbehaved,

    /// <summary>Somebody changed our file: what we told the peer that we have is void, and BEP 3 has no word to take it back.</summary>
    FileChanged,

    /// <summary>It sent wrong bytes and is banned for a while.</summary>
    Banned,

    /// <summary>There was no place for it: it was told of others.</summary>
    Full,
}
