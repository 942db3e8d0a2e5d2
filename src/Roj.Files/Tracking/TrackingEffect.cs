namespace Roj.Files.Tracking;

/// <summary>What announcing asks of its host.</summary>
public abstract record TrackingEffect
{
    private TrackingEffect()
    {
    }

    /// <summary>Ask a tracker; what it answers, or that it does not, comes back as an input. At most one for a tracker is under way: a
    /// second one, which says that we leave, takes the place of the first.</summary>
    /// <param name="Tracker">Whom.</param>
    /// <param name="Request">What to say.</param>
    public sealed record Ask(TrackerUrl Tracker, AnnounceRequest Request) : TrackingEffect;
}
