namespace Roj.EndToEnd.Interop;

/// <summary>libtorrent and Roj: trackers.</summary>
public class LibtorrentTrackerTests : ForeignTrackerTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Libtorrent(host, outfit);
}
