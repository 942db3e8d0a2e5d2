namespace Roj.Log;

/// <summary>Whether the log took something.</summary>
public enum LogStatus
{
    /// <summary>It did.</summary>
    Done,

    /// <summary>There is no room: the log is for reading now. Removals and urgent records are still taken until the reserve is
    /// used.</summary>
    Full,

    /// <summary>A sync or a write failed: nothing is taken any more in this life, since nobody knows what is on the disk. Opening the log
    /// anew finds out.</summary>
    Quarantined,

    /// <summary>As much waits for a commit as may wait: commit first.</summary>
    Busy,
}
