namespace Roj.Simulation.Network;

/// <summary>How a stream ended.</summary>
public enum StreamEnd
{
    /// <summary>It did not end.</summary>
    None,

    /// <summary>One side closed it; everything that was written before arrived.</summary>
    Closed,

    /// <summary>The other side's program or kernel cut it off; the last bytes may be missing.</summary>
    Reset,

    /// <summary>The other side could not be reached for too long.</summary>
    TimedOut,

    /// <summary>Nobody listened: it never began.</summary>
    Refused,
}
