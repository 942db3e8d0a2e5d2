namespace Roj.Storage;

/// <summary>Whether a numbered server is welcome.</summary>
public enum ServerVerdict : byte
{
    /// <summary>It is.</summary>
    Welcome,

    /// <summary>Another one is connected under its number.</summary>
    NumberTaken,

    /// <summary>There are not so many servers.</summary>
    NoSuchNumber,

    /// <summary>Its data directory is another cluster's.</summary>
    OtherCluster,
}
