namespace Roj.Election.Pushes;

/// <summary>What a node is to do by a plan.</summary>
public enum PushTask : byte
{
    /// <summary>Nothing, or nothing yet.</summary>
    None,

    /// <summary>Switch to the new file.</summary>
    Forward,

    /// <summary>Switch back to the one before.</summary>
    Back,
}
