namespace Roj.Election.Pushes;

/// <summary>How far one node is with a push.</summary>
public enum PushState : byte
{
    /// <summary>It has done nothing yet.</summary>
    Waiting,

    /// <summary>It fetches the file.</summary>
    Fetching,

    /// <summary>It puts the file where it belongs, and keeps the one that was there.</summary>
    Switching,

    /// <summary>The new file is in its place, and the command runs.</summary>
    Running,

    /// <summary>The new file is in its place, and the command has succeeded.</summary>
    Done,

    /// <summary>It did not succeed, and has gone back by itself.</summary>
    Failed,

    /// <summary>It was told to go back, and has.</summary>
    Back,

    /// <summary>Nothing was heard of it for too long.</summary>
    Gone,
}
