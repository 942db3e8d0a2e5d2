namespace Roj.Agreement;

/// <summary>Kinds of <see cref="Condition"/>.</summary>
public enum ConditionKind : byte
{
    /// <summary>None: always met.</summary>
    None,

    /// <summary>Nothing is there.</summary>
    Absent,

    /// <summary>Something is there.</summary>
    Present,

    /// <summary>It is at a given version.</summary>
    Version,
}
