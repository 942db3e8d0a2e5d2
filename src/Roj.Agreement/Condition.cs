namespace Roj.Agreement;

/// <summary>What must hold for a change to be made.</summary>
/// <param name="Kind">What kind of condition.</param>
/// <param name="Version">Which version, for <see cref="ConditionKind.Version"/>.</param>
public readonly record struct Condition(ConditionKind Kind, ulong Version = 0)
{
    /// <summary>Nothing.</summary>
    public static Condition None => default;

    /// <summary>There is nothing in the register.</summary>
    public static Condition Absent => new(ConditionKind.Absent);

    /// <summary>There is something in it.</summary>
    public static Condition Present => new(ConditionKind.Present);

    /// <summary>It is at this version: nobody has changed it since it was read.</summary>
    public static Condition At(ulong version) => new(ConditionKind.Version, version);

    /// <summary>Whether it holds.</summary>
    public bool IsMetBy(Content content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Kind switch
        {
            ConditionKind.Absent => content.Data is null,
            ConditionKind.Present => content.Data is not null,
            ConditionKind.Version => content.Version == Version,
            _ => true,
        };
    }
}
