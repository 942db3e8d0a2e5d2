using Roj.Kernel;

namespace Roj.Membership;

/// <summary>When who is asked next. Every pause is jittered, so that nodes started together don't stay in step.</summary>
internal sealed class Patience(FinderTimings timings, Rng rng)
{
    private TimeSpan broadcastPause = timings.RetryMin;

    /// <summary>An answer is due within 100 ms, which is long on a network of our own; then we ask again, ever more slowly.</summary>
    internal Instant AfterAsk(Instant now, Acquaintance peer)
    {
        var isHoped = peer.Source == Source.Static || (peer.Source == Source.Remembered && now < peer.LearntAt + timings.ForgetAfter);
        var pause = Least(peer.RetryPause, isHoped ? timings.RetryMax : timings.SilentMax);
        peer.RetryPause = pause + pause;
        var next = now + Jittered(pause);
        var end = peer.FreshAt + timings.ForgetAfter;
        return peer.IsPassing && end < next ? end : next;
    }

    /// <summary>It hears us and we hear it, whoever of us asked: both know all that the other can tell for now.</summary>
    internal Instant AfterAnswer(Instant now, Acquaintance peer, bool isHungry, int company)
    {
        var pause = Least(peer.RefreshPause, isHungry ? timings.HungryRefresh : timings.Refresh);
        peer.RefreshPause = pause + pause;
        peer.RetryPause = timings.RetryMin;
        return now + Jittered(Crowded(pause, company));
    }

    /// <summary>Alone often, in company to hear of those that no one here knows.</summary>
    internal Instant AfterBroadcast(Instant now, int company)
    {
        var pause = company > 0 ? Crowded(timings.Refresh, company) : broadcastPause;
        broadcastPause = Least(broadcastPause + broadcastPause, timings.RetryMax);
        return now + Jittered(pause);
    }

    /// <summary>Nobody is there: broadcasts begin anew.</summary>
    internal void BeAlone() => broadcastPause = timings.RetryMin;

    private TimeSpan Crowded(TimeSpan pause, int company) =>
        TimeSpan.FromTicks(pause.Ticks * Math.Max(company, timings.Crowd) / timings.Crowd);

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private TimeSpan Jittered(TimeSpan pause)
    {
        var off = TimeSpan.FromTicks(pause.Ticks * timings.JitterPercent / 100);
        return rng.Next(pause - off, pause + off);
    }
}
