namespace Roj.EndToEnd.Interop;

/// <summary>libtorrent and Roj.</summary>
public class LibtorrentTests : ForeignProgramTests
{
    /// <inheritdoc/>
    private protected override Member Create(LabHost host, Outfit outfit) => new Libtorrent(host, outfit);
}
