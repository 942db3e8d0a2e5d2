namespace Roj.Election;

/// <summary>Which election nominates.</summary>
public enum ElectionKind
{
    /// <summary>Whoever has the highest address (seed 002; Garcia-Molina 1982).</summary>
    Bully,

    /// <summary>Whoever drew the greatest number, as a message that goes round finds out (seed 001; Chang and Roberts 1979).</summary>
    Ring,
}
