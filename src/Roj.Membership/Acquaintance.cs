using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Membership;

/// <summary>What is known of one place where a node is, was or may be.</summary>
internal sealed class Acquaintance(Endpoint node, Source source, bool vouched, Instant learntAt)
{
    /// <summary>
    /// Asks without an answer after which a node is silent: it is told to nobody and is no company. With pauses from 100 ms that is a
    /// silence of 1.5 s, and false for one in thirty at 30 % loss either way.
    /// </summary>
    private const int SilentAfter = 5;

    /// <summary>Where it listens.</summary>
    internal Endpoint Node => node;

    /// <summary>When it was first heard of.</summary>
    internal Instant LearntAt => learntAt;

    /// <summary>The strongest reason to believe in it.</summary>
    internal Source Source { get; private set; } = source;

    /// <summary>
    /// Whether somebody other than itself named it. One that is known by its own unproven ask alone is answered but never asked: the
    /// sender's address may be forged, and then asking would send a stranger more than the forger sent us (M7).
    /// </summary>
    internal bool Vouched { get; private set; } = vouched;

    /// <summary>Its last hello, without the peers; null before the first.</summary>
    internal Hello? Said { get; private set; }

    /// <summary>When it was last heard.</summary>
    internal Instant? HeardAt { get; private set; }

    /// <summary>Whether it ever proved that it hears us (<see cref="Hello.YourBoot"/>).</summary>
    internal bool Proven { get; private set; }

    /// <summary>Asks sent since it last proved that it hears us.</summary>
    internal int Unanswered { get; private set; }

    /// <summary>How long the next ask may wait for an answer before it is repeated, before ceiling and jitter.</summary>
    internal TimeSpan RetryPause { get; set; }

    /// <summary>How long after its next sign of life it is asked again, before ceiling and jitter.</summary>
    internal TimeSpan RefreshPause { get; set; }

    /// <summary>When something is to be done about it. Set by <see cref="Acquaintances"/> alone.</summary>
    internal Instant? DueAt { get; set; }

    /// <summary>Where <see cref="Acquaintances"/> has it among those who are there; -1 while it is not there.</summary>
    internal int PlaceInCompany { get; set; } = -1;

    /// <summary>Whether somebody else watches it (see <see cref="Finder.Watched"/>).</summary>
    internal bool IsWatched { get; set; }

    /// <summary>Whether it is there, as far as can be known.</summary>
    internal bool IsCompany => IsWatched || (Proven && Unanswered < SilentAfter);

    /// <summary>Whether it is asked at all.</summary>
    internal bool IsAsked => (Vouched || Proven) && !IsWatched;

    /// <summary>Whether it is no more than a rumour: never heard, and neither configured nor remembered.</summary>
    internal bool IsRumour => Said is null && Source < Source.Remembered;

    /// <summary>Whether it was there once, in this life of the node or in an earlier one.</summary>
    internal bool IsWorthRemembering => Proven || Source == Source.Remembered;

    /// <summary>Whether it is dropped when it hasn't proved itself in time.</summary>
    internal bool IsPassing => !Proven && Source < Source.Remembered;

    /// <summary>Who makes room for whom: static above proven above remembered above the rest.</summary>
    internal int Rank => Source == Source.Static ? 3 : Proven ? 2 : Source == Source.Remembered ? 1 : 0;

    /// <summary>When it last gave reason to keep it.</summary>
    internal Instant FreshAt => HeardAt ?? LearntAt;

    /// <summary>Somebody named it (again).</summary>
    internal void Vouch(Source by)
    {
        Vouched = true;
        Source = by > Source ? by : Source;
    }

    /// <summary>It spoke.</summary>
    internal void Heard(Instant now, Hello hello, bool proven)
    {
        Said = hello with { Peers = [] };
        HeardAt = now;
        if (!proven)
            return;
        Proven = true;
        Unanswered = 0;
    }

    /// <summary>It is being asked.</summary>
    internal void Asked() => Unanswered++;
}
