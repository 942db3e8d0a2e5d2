namespace Roj.EndToEnd.Interop;

/// <summary>What a program begins with.</summary>
/// <param name="Torrent">What all of them share.</param>
internal sealed record Outfit(Torrent Torrent)
{
    /// <summary>Whether it has the file.</summary>
    public bool HasFile { get; init; }

    /// <summary>What it is told of the file.</summary>
    public Knowledge Knows { get; init; } = Knowledge.Description;

    /// <summary>The announce URL in the .torrent or magnet link; null for none.</summary>
    public string? Announce { get; init; }

    /// <summary>The path of a .torrent file that somebody else wrote; null to write one.</summary>
    public string? MetainfoPath { get; init; }

    /// <summary>Whether it looks for others by multicast (BEP 14).</summary>
    public bool LooksAround { get; init; }

    /// <summary>Peers it is to call. Programs that take none (aria2, Transmission) are called, or ask a tracker.</summary>
    public IReadOnlyList<LabHost> Peers { get; init; } = [];
}
