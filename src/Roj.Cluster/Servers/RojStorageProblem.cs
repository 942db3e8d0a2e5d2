namespace Roj;

/// <summary>What kind of thing is wrong with what <see cref="StorageClient"/>, <see cref="StorageRouter"/> or <see cref="StorageServer"/>
/// was asked for.</summary>
public enum RojStorageProblem
{
    /// <summary>There is no such key: it was never written, or it was deleted.</summary>
    NoKey,

    /// <summary>All servers that have the key are down. Of readings only: what is written waits at the router until one is there.</summary>
    NoServer,

    /// <summary>The client is not connected to its router.</summary>
    NoRouter,

    /// <summary>The router refuses the server: its number is taken or there is no such number, or its directory is another cluster's.
    /// </summary>
    Refused,

    /// <summary>There is no room: on the router's or a server's disk, or for what waits for servers that are down, or too much was asked
    /// for at a time.</summary>
    Full,

    /// <summary>No answer came in time.</summary>
    TimedOut,

    /// <summary>It can't begin, or can't go on: the directory, the disk or the port are at fault.</summary>
    Unusable,

    /// <summary>The router says that it can't be done, for another reason.</summary>
    Failed,
}
