namespace Roj.Storage;

/// <summary>What must hold for a value to be written.</summary>
public enum WriteCondition
{
    /// <summary>Nothing.</summary>
    Always,

    /// <summary>The key is not there.</summary>
    IfAbsent,

    /// <summary>The key is there.</summary>
    IfPresent,
}
