namespace Roj.Membership.Wire;

/// <summary>Whether a hello wants one back. The values are those on the wire.</summary>
public enum HelloKind : byte
{
    /// <summary>Who is there? To one address or to all of a network.</summary>
    Ask = 1,

    /// <summary>I am: to the asker alone, and never answered.</summary>
    Answer = 2,
}
