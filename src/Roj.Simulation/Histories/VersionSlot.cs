namespace Roj.Simulation.Histories;

/// <summary>One version of a register, and who speaks of it.</summary>
internal sealed class VersionSlot(ulong version)
{
    public ulong Version => version;

    /// <summary>The acknowledged change that made it; null if that is not known.</summary>
    public Step? Owner { get; set; }

    /// <summary>Who saw it, by reading or by being refused.</summary>
    public List<Step> Observers { get; } = [];

    /// <summary>What it holds, and who says so; null if nobody does.</summary>
    public (string? Value, Step Witness)? Told { get; set; }

    /// <summary>The greatest beginning of all that stands before the change: who made this version ended no earlier.</summary>
    public long Earliest { get; set; } = long.MinValue;

    /// <summary>The least end of all that stands behind the change: who made this version was invoked no later.</summary>
    public long Latest { get; set; } = long.MaxValue;
}
