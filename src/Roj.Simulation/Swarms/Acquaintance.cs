namespace Roj.Simulation.Swarms;

/// <summary>Who knows whom at the start.</summary>
public enum Acquaintance
{
    /// <summary>Everybody knows everybody, by configuration.</summary>
    All,

    /// <summary>Each node but the first knows one that was there before it; nobody broadcasts.</summary>
    OneEarlier,

    /// <summary>Nobody knows anybody: they are on one network.</summary>
    Nobody,
}
