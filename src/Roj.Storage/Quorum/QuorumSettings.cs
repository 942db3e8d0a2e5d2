namespace Roj.Storage;

/// <summary>How much a <see cref="QuorumStore"/> takes on.</summary>
public sealed record QuorumSettings
{
    /// <summary>Calls at most that registers are asked for at a time; what comes beyond waits.</summary>
    /// <remarks>So few that those of seven nodes together are not too many for the one that proposes for all of them.</remarks>
    public int AskedMax { get; init; } = 512;

    /// <summary>Calls under way at most, those that wait among them: what is more is refused.</summary>
    public int CallsMax { get; init; } = 16_384;

    /// <summary>Bytes at most of what the calls under way are to write; a single call always may.</summary>
    public long BytesMax { get; init; } = 256 << 20;

    /// <summary>Listings, countings and clearings under way at most.</summary>
    public int SweepsMax { get; init; } = 256;

    /// <summary>How many slots the store has, 1 to <see cref="KeySlots.Count"/>: as its registers are told, and the same at all nodes. Few are
    /// for trials.</summary>
    public int Slots { get; init; } = KeySlots.Count;

    /// <summary>How long a call may wait before registers are asked for it; then it takes as long as they let it
    /// (<see cref="Agreement.ProposerSettings.Patience"/>).</summary>
    public TimeSpan WaitPatience { get; init; } = TimeSpan.FromSeconds(5);
}
