namespace Roj.EndToEnd.Interop;

/// <summary>libtorrent and Roj: the description.</summary>
public class LibtorrentDescriptionTests : ForeignDescriptionTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Libtorrent(host, outfit);
}
