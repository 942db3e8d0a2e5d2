using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>A peer that says it has the description, and what it is asked for.</summary>
internal sealed class MetadataSource(Peer peer)
{
    // A peer that sends a byte now and then does not hold a part for ever.
    private const int PatiencesMax = 4;

    public Peer Peer { get; } = peer;

    /// <summary>The bytes of the description, as it says.</summary>
    public int Size { get; set; }

    /// <summary>The parts that only this peer is waited for.</summary>
    public SortedSet<int> Awaited { get; } = [];

    /// <summary>The parts that it was asked for and did not send: they are welcome, however late.</summary>
    public SortedSet<int> Asked { get; } = [];

    /// <summary>When it was last asked or sent a part.</summary>
    public Instant Since { get; set; }

    /// <summary>Whether it was silent for too long: others come first, until it sends something.</summary>
    public bool IsSlow { get; set; }

    /// <summary>It refused: not asked again before then.</summary>
    public Instant? RestsUntil { get; set; }

    /// <summary>Grows with every request to anybody: who was asked longest ago has the smallest.</summary>
    public long Turn { get; set; }

    /// <summary>When something is to be done about it.</summary>
    public Instant? Due(TimeSpan patience)
    {
        if (Awaited.Count == 0)
            return RestsUntil;
        var sign = Peer.HeardAt > Since ? Peer.HeardAt : Since;
        return Instant.Earliest(sign + patience, Since + (PatiencesMax * patience));
    }

    /// <summary>Whether <paramref name="peer"/> is one: it speaks BEP 9, is here for this description and tells its size.</summary>
    public static bool Is(Peer peer, Metadata.Sha1Digest infoHash) => peer.IsOpen && peer.ShakenWith == infoHash
        && peer.Extensions is { MetadataId: > 0, MetadataSize: > 0 and <= MetadataMessage.TotalSizeMax };
}
