using System.Text;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Tracking;

/// <summary>An announcer and its outbox, called by hand.</summary>
internal sealed class Announcing(params string[][] trackers)
{
    public static readonly Sha1Digest File = Sha1Digest.Of("file"u8);

    public TrackingOutbox Outbox { get; } = new();

    public Announcer Announcer { get; } =
        new(File, PeerId.Create(new Rng(1)), 6881, trackers, new AnnounceTimings(), new Rng(2));

    public Instant Now { get; set; } = new(TimeSpan.TicksPerHour);

    public AnnounceFigures Figures { get; set; } = new(0, 0, 100, false);

    public TimeSpan? Wait => Announcer.Deadline(Figures) - Now;

    /// <summary>What was asked since, as "event host"; the outbox is empty afterwards.</summary>
    public string[] Asked()
    {
        var asked = Enumerable.Range(0, Outbox.Count).Select(i => Outbox[i].Effect).OfType<TrackingEffect.Ask>()
            .Select(ask => $"{ask.Request.Event} {ask.Tracker.Host}").ToArray();
        Outbox.Clear();
        return asked;
    }

    public string Start()
    {
        Announcer.Start(Now, Figures, Outbox);
        return Assert.Single(Asked());
    }

    public void Answer(string host, string body = "d8:intervali60e5:peers0:e") =>
        Announcer.Answered(Now, new TrackerUrl(host, 80, "/a"), Encoding.Latin1.GetBytes(body), Figures, Outbox);

    public void Fail(string host) => Announcer.Failed(Now, new TrackerUrl(host, 80, "/a"), "refused", Figures, Outbox);

    public void Elapse(TimeSpan time)
    {
        Now += time;
        Announcer.Tick(Now, Figures, Outbox);
    }
}
