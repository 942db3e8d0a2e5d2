namespace Roj.Files.Tracking;

/// <summary>A tracker, and what it and we know of each other.</summary>
internal sealed class KnownTracker(TrackerUrl url)
{
    public TrackerUrl Url { get; } = url;

    /// <summary>It knows that we are there: it took an announce.</summary>
    public bool IsGreeted { get; set; }

    /// <summary>It knows that we have all of the file, or that we had when we came.</summary>
    public bool KnowsComplete { get; set; }

    /// <summary>What it wants to be told in each request.</summary>
    public string? Id { get; set; }

    /// <summary>What was told to people last: the same is not told again.</summary>
    public string? LastSaid { get; set; }
}
