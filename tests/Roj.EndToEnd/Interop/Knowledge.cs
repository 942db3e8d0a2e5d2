namespace Roj.EndToEnd.Interop;

/// <summary>What a program is told of the file.</summary>
internal enum Knowledge
{
    /// <summary>Nothing: for Roj only, which finds out what its peers share.</summary>
    Nothing,

    /// <summary>The info hash: a magnet link.</summary>
    Name,

    /// <summary>All: a .torrent file; for Roj a torrent.conf.</summary>
    Description,

    /// <summary>All, and the announce URL: a .torrent file, for Roj too.</summary>
    Metainfo,
}
