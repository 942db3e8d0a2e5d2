using Roj.Files;
using Roj.Files.Tracking;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host;

/// <summary>What happens in a sync job, for logs and progress.</summary>
public abstract record SyncEvent
{
    private SyncEvent()
    {
    }

    /// <summary>The node can be called now.</summary>
    /// <param name="Swarm">Where it listens for the swarm.</param>
    /// <param name="Interface">The interface and why it was chosen.</param>
    public sealed record Listening(Endpoint Swarm, string Interface) : SyncEvent;

    /// <summary>The data file, which is right as it is, is being hashed.</summary>
    /// <param name="Done">Bytes hashed.</param>
    /// <param name="Length">Bytes of the file.</param>
    public sealed record Describing(long Done, long Length) : SyncEvent;

    /// <summary>Something of finding.</summary>
    /// <param name="What">What happened.</param>
    public sealed record Found(FindingEvent What) : SyncEvent;

    /// <summary>Something of the swarm.</summary>
    /// <param name="What">What happened.</param>
    public sealed record Shared(SwarmEvent What) : SyncEvent;

    /// <summary>Something of trackers.</summary>
    /// <param name="What">What happened.</param>
    public sealed record Tracked(TrackingEvent What) : SyncEvent;

    /// <summary>The data file was made as long as it is described to be.</summary>
    /// <param name="From">Bytes before; 0 if there was no file.</param>
    /// <param name="To">Bytes now.</param>
    public sealed record Resized(long From, long To) : SyncEvent;

    /// <summary>How the job stands, as often as it was asked to say.</summary>
    /// <param name="Status">The figures.</param>
    public sealed record Progress(SyncStatus Status) : SyncEvent;

    /// <summary>Something is wrong, and the job goes on without it.</summary>
    /// <param name="Text">One line.</param>
    public sealed record Warning(string Text) : SyncEvent;
}
