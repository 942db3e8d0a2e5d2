namespace Roj.Storage;

/// <summary>What must hold for a key to get another time to live; one without any lives longest.</summary>
[Flags]
public enum ExpireCondition
{
    /// <summary>Nothing but that the key is there.</summary>
    Always = 0,

    /// <summary>It has no time to live.</summary>
    IfNone = 1,

    /// <summary>It has a time to live.</summary>
    IfAny = 2,

    /// <summary>The new end is later than the old one: never, if there was none.</summary>
    IfLater = 4,

    /// <summary>The new end is sooner than the old one: always, if there was none.</summary>
    IfSooner = 8,
}
