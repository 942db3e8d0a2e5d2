namespace Roj.Agreement;

/// <summary>What a slot's replicas have sworn when they forgot registers of it.</summary>
/// <param name="Ballot">Up to this attempt nothing is promised or taken any more, so that no delayed message brings back what was deleted
/// and forgotten.</param>
/// <param name="Version">A register that nothing is known of is at this version: so versions of one that comes back go on, and nobody
/// takes what was changed before for what is changed now.</param>
public readonly record struct Floor(Ballot Ballot, ulong Version)
{
    /// <summary>Nothing was forgotten yet.</summary>
    public static Floor None => default;

    /// <summary>What holds when both hold.</summary>
    public Floor Over(Floor other) =>
        new(Ballot > other.Ballot ? Ballot : other.Ballot, Math.Max(Version, other.Version));
}
