namespace Roj.Simulation.Neighbourhoods;

/// <summary>How the nodes of a run come to know of each other.</summary>
public enum Way
{
    /// <summary>By broadcast, and a sweep where that is not answered: a network without any configuration.</summary>
    Unconfigured,

    /// <summary>By the sweep alone: nobody hears broadcasts.</summary>
    Sweep,

    /// <summary>Everybody is told of everybody.</summary>
    All,

    /// <summary>Each but the first is told of one that was there before it.</summary>
    OneEarlier,

    /// <summary>Each remembers a few from an earlier life, and is told of nobody.</summary>
    Remembered,
}
