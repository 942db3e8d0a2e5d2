using Roj.Host;

namespace Roj.Cli;

/// <summary>How a sync job is told to whoever watches: lines for people, or for programs.</summary>
internal interface ISyncReport
{
    /// <summary>How often progress is wanted; null for never.</summary>
    TimeSpan? ProgressEvery { get; }

    /// <summary>Something happened.</summary>
    void Tell(SyncEvent happened);

    /// <summary>The job ended because of this.</summary>
    void Fail(string message);
}
