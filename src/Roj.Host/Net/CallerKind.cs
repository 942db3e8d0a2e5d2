namespace Roj.Host.Net;

/// <summary>What somebody who called speaks, by the first byte.</summary>
internal enum CallerKind
{
    /// <summary>Nothing: it hung up, or took too long, or had to make room for others.</summary>
    Silent,

    /// <summary>The peer protocol, or garbage.</summary>
    Peer,

    /// <summary>TLS, where callers are expected to hold a key.</summary>
    Sealed,

    /// <summary>HTTP: it takes this node for a tracker.</summary>
    Http,
}
