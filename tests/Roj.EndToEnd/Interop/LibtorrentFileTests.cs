namespace Roj.EndToEnd.Interop;

/// <summary>libtorrent and Roj: the file.</summary>
public class LibtorrentFileTests : ForeignFileTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Libtorrent(host, outfit);
}
