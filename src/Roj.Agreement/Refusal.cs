namespace Roj.Agreement;

/// <summary>Why a change was not made.</summary>
public enum Refusal : byte
{
    /// <summary>It was made, or nothing is known of it.</summary>
    None,

    /// <summary>Its condition does not hold.</summary>
    ConditionFailed,

    /// <summary>A later holder of the lease has written there already.</summary>
    Fenced,

    /// <summary>Too many leases have written there.</summary>
    TooManyFences,

    /// <summary>What is there is no number, or would be none of 64 bits.</summary>
    NotANumber,

    /// <summary>It would become longer than <see cref="Content.BytesMax"/>.</summary>
    TooLong,

    /// <summary>The lease has moved on: it was claimed, given back, or is somebody else's.</summary>
    LeaseMoved,

    /// <summary>Not within the time allowed: no majority answered, or others were always first. Nothing was asked to be taken.</summary>
    TimedOut,

    /// <summary>Too many are under way.</summary>
    Busy,

    /// <summary>This node knows of no roster.</summary>
    NoRoster,

    /// <summary>It came so late that somebody else may have been asked for it, and has forgotten it since. It was not tried.</summary>
    Stale,

    /// <summary>The sum would be no number of 64 bits.</summary>
    Overflow,
}
