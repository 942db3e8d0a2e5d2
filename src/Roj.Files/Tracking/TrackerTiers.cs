using System.Globalization;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>The order in which trackers are tried (BEP 12): tier after tier, a random order in each, who answered first.</summary>
internal sealed class TrackerTiers
{
    private readonly List<List<KnownTracker>> tiers = [];
    private readonly List<TrackingEvent.Warned> refused = [];

    public TrackerTiers(IReadOnlyList<IReadOnlyList<string>> urls, int trackersMax, Rng rng)
    {
        var known = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var urlsOfTier in urls)
        {
            var tier = new List<KnownTracker>();
            foreach (var text in urlsOfTier)
            {
                if (!TrackerUrl.TryParse(text, out var url, out var why))
                    Refuse(text, why);
                else if (known.Count == trackersMax && !known.Contains(url.ToString()))
                    Refuse(text, string.Create(CultureInfo.InvariantCulture, $"{trackersMax} trackers are enough"));
                else if (known.Add(url.ToString()))
                    tier.Add(new KnownTracker(url));
            }

            rng.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tier));
            if (tier.Count > 0)
                tiers.Add(tier);
        }

        void Refuse(string url, string why)
        {
            if (refused.Count < trackersMax)
                refused.Add(new TrackingEvent.Warned(url.Length > 100 ? url[..100] : url, why));
        }
    }

    /// <summary>Which URLs can't be used, and why.</summary>
    public IReadOnlyList<TrackingEvent.Warned> Refused => refused;

    /// <summary>All, in the order of trying.</summary>
    public IEnumerable<KnownTracker> All => tiers.SelectMany(tier => tier);

    /// <summary>The one after <paramref name="tracker"/>; the first after null; null after the last.</summary>
    public KnownTracker? After(KnownTracker? tracker) =>
        tracker is null ? All.FirstOrDefault() : All.SkipWhile(t => t != tracker).Skip(1).FirstOrDefault();

    /// <summary>It answered: from now on it is the first of its tier.</summary>
    public void Prefer(KnownTracker tracker)
    {
        var tier = tiers.Find(tier => tier.Contains(tracker));
        Check.That(tier is not null);
        tier.Remove(tracker);
        tier.Insert(0, tracker);
    }
}
