namespace Roj.Simulation.Swarms;

/// <summary>Who has which parts at the start.</summary>
public enum Holding
{
    /// <summary>One honest node has the file, the others nothing.</summary>
    OneFull,

    /// <summary>One or more have the file, the others junk of any length.</summary>
    SomeFull,

    /// <summary>Nobody has the file: each part is right on one honest node and junk on the others.</summary>
    Scattered,
}
