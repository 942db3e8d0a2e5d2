namespace Roj.Simulation.Agreement.Seats;

/// <summary>What a <see cref="SeatsRun"/> is mostly about.</summary>
public enum SeatsTheme
{
    /// <summary>Changes, readings and deletions, and starts.</summary>
    Changes,

    /// <summary>Rosters that change all the time, and stewards who die.</summary>
    Rosters,

    /// <summary>Short leases, renewed at the border.</summary>
    Leases,

    /// <summary>Clusters that begin in halves.</summary>
    Births,

    /// <summary>Disks that are set back.</summary>
    SetBacks,

    /// <summary>Slots of the store that move all the time, and leaders who take turns.</summary>
    Moves,
}
