namespace Roj.Agreement;

/// <summary>Whether a change was applied.</summary>
public enum Applied
{
    /// <summary>It was, once.</summary>
    Yes,

    /// <summary>It was not, and never will be.</summary>
    No,

    /// <summary>It can't be told: it may have been, or may yet be.</summary>
    Unknown,
}
