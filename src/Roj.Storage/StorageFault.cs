namespace Roj.Storage;

/// <summary>Why a store did not do what it was asked for.</summary>
public enum StorageFault
{
    /// <summary>What is to be added to is no whole number of 64 bits in decimal digits.</summary>
    NotANumber,

    /// <summary>The sum is no number of 64 bits.</summary>
    Overflow,

    /// <summary>It reads and writes in one go, which can't be done right in <c>available</c> mode.</summary>
    NotInThisMode,

    /// <summary>No node that has a copy of the key can be reached.</summary>
    NoServer,

    /// <summary>Too few of the nodes that have copies of the key can be reached.</summary>
    NoQuorum,

    /// <summary>Nobody answered in time.</summary>
    TimedOut,

    /// <summary>There is no room left for it.</summary>
    Full,

    /// <summary>The value would be longer than <see cref="StorageLimits.ValueBytesMax"/>.</summary>
    TooLarge,

    /// <summary>Whoever asked did so under a right that another has by now.</summary>
    Fenced,

    /// <summary>What is on the disk is not what was written there, and no other copy can be reached.</summary>
    Unreadable,

    /// <summary>The key is not at the version that was asked for.</summary>
    Moved,
}
