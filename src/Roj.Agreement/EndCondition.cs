namespace Roj.Agreement;

/// <summary>What must hold for a value to end at another time; one without an end lives longest.</summary>
[Flags]
public enum EndCondition : byte
{
    /// <summary>Nothing but that there is a value.</summary>
    Always = 0,

    /// <summary>It does not end.</summary>
    IfNone = 1,

    /// <summary>It ends.</summary>
    IfAny = 2,

    /// <summary>The new end is later than the old one: never, if there was none.</summary>
    IfLater = 4,

    /// <summary>The new end is sooner than the old one: always, if there was none.</summary>
    IfSooner = 8,
}
