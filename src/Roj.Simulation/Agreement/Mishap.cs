namespace Roj.Simulation.Agreement;

/// <summary>What befalls a machine once, so that it has to begin anew as somebody else.</summary>
public enum Mishap
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its disk is empty.</summary>
    Wiped,

    /// <summary>Its disk is what it was in an earlier life.</summary>
    SetBack,

    /// <summary>Bits of its disk flip.</summary>
    Corrupted,

    /// <summary>One of its files is cut short, but not the last, of which nobody could tell.</summary>
    Cut,
}
