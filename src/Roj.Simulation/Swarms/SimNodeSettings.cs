using Roj.Files.Metadata;

namespace Roj.Simulation.Swarms;

/// <summary>What a simulated <c>roj sync</c> is told.</summary>
public sealed record SimNodeSettings
{
    /// <summary>The description in its torrent.conf; null if there is none.</summary>
    public InfoDictionary? Described { get; init; }

    /// <summary>The peers in its torrent.conf.</summary>
    public IReadOnlyList<uint> Peers { get; init; } = [];

    /// <summary>Whether it may broadcast and sweep.</summary>
    public bool Finds { get; init; } = true;

    /// <summary>Whether it sends wrong bytes: one payload in two has a bit flipped.</summary>
    public bool Lies { get; init; }
}
