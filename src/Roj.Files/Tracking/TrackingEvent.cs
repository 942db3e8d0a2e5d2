using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>What trackers and local search tell their own node.</summary>
public abstract record TrackingEvent
{
    private TrackingEvent()
    {
    }

    /// <summary>Peers of the file may be at these places.</summary>
    /// <param name="Peers">Where they listen.</param>
    public sealed record PeersFound(IReadOnlyList<Endpoint> Peers) : TrackingEvent;

    /// <summary>A tracker took our announce.</summary>
    /// <param name="Tracker">Which one.</param>
    /// <param name="PeerCount">How many peers it named.</param>
    public sealed record Answered(TrackerUrl Tracker, int PeerCount) : TrackingEvent;

    /// <summary>A tracker can't be used, or said something for people to read. Told once until it is something else.</summary>
    /// <param name="Tracker">Its URL as it was given.</param>
    /// <param name="Text">One line.</param>
    public sealed record Warned(string Tracker, string Text) : TrackingEvent;
}
