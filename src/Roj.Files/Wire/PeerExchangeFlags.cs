namespace Roj.Files.Wire;

/// <summary>What the sender of a peer exchange knows of a peer (BEP 11). A hint: nothing may depend on it.</summary>
[Flags]
public enum PeerExchangeFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It prefers to encrypt.</summary>
    PrefersEncryption = 0x01,

    /// <summary>It has all that it wants and uploads only.</summary>
    UploadOnly = 0x02,

    /// <summary>It speaks uTP (BEP 29).</summary>
    Utp = 0x04,

    /// <summary>It helps others to connect (BEP 55).</summary>
    Holepunch = 0x08,

    /// <summary>It can be connected to.</summary>
    Reachable = 0x10,
}
