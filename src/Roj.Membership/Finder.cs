using System.Text;
using Roj.Kernel;
using Roj.Membership.Wire;
using Outbox = Roj.Kernel.Outbox<Roj.Kernel.Endpoint, Roj.Membership.Wire.Hello, Roj.Membership.FindingEvent, Roj.Kernel.NoEffect>;

namespace Roj.Membership;

/// <summary>Finds the other nodes of the cluster: by broadcast, by asking those known or heard of, and by a gentle sweep.</summary>
/// <remarks>
/// <para>In a connected network everybody comes to know everybody. Whoever is asked answers; whoever has proved that it hears us is asked
/// again for ever and is told to others.</para>
/// <para>Invariant M7: an ask leads to at most one datagram, no longer than itself, and back to where it came from. Unprompted we send
/// only to whom the operator, the disk, the own networks or a proven peer named; rumours and the sweep at 50 addresses a second.</para>
/// </remarks>
public sealed class Finder
{
    /// <summary>Most nodes known at a time. A new one takes the place of the least recently heard, never of a static one.</summary>
    public const int AcquaintancesMax = 1024;

    /// <summary>Most endpoints in <see cref="Remembered"/>.</summary>
    public const int RememberedMax = 256;

    /// <summary>Most asks answered in all, at once and then in each second.</summary>
    public const int AnswersMax = 500;

    /// <summary>Most asks of one address answered, at once and then in each second.</summary>
    public const int AnswersPerSourceMax = 20;

    /// <summary>Most rumours asked, at once and then in each second: the pace of the sweep, for the neighbour table's sake.</summary>
    public const int RumoursMax = 50;

    /// <summary>So many peers are named, by chance, where not all of them fit into a hello: who hears of them asks 50 a second, and hears
    /// from many.</summary>
    public const int ToldOfCrowd = 32;

    private readonly FinderSettings settings;
    private readonly FinderTimings timings;
    private readonly Acquaintances acquaintances = new(AcquaintancesMax);
    private readonly AnswerBudget answers = new(AnswersPerSourceMax, AnswersMax);
    private readonly Pace rumours = new(RumoursMax, TimeSpan.FromSeconds(1));
    private readonly Voice voice;
    private readonly Sweep sweep;
    private readonly Patience patience;
    private Instant? broadcastAt;
    private (ulong Boot, Instant Until) clashQuiet;
    private Refusals refusals;

    /// <summary>A finder that knows nobody. Unasked it says nothing before <see cref="Start"/> or <see cref="Learn"/>.</summary>
    /// <exception cref="ArgumentException">The cluster's name is empty or too long, the boot is 0 or the own endpoint is
    /// nobody's.</exception>
    public Finder(FinderSettings settings, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(rng);
        if (Encoding.UTF8.GetByteCount(settings.Cluster) is 0 or > Hello.ClusterBytesMax)
            throw new ArgumentException($"a cluster's name has 1 to {Hello.ClusterBytesMax} bytes", nameof(settings));
        if (settings.Boot == 0 || !settings.Own.IsUsable)
            throw new ArgumentException($"boot {settings.Boot} at {settings.Own} is no node", nameof(settings));
        if (settings.Timings.RetryMin <= TimeSpan.Zero || settings.Timings.Crowd <= 0 || settings.Timings.JitterPercent is < 0 or >= 100)
            throw new ArgumentException("pauses are longer than nothing", nameof(settings));

        this.settings = settings;
        timings = settings.Timings;
        voice = new Voice(settings, acquaintances, rng);
        sweep = new Sweep(settings, rng);
        patience = new Patience(timings, rng);
    }

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is awaited.</summary>
    public Instant? Deadline => Instant.Earliest(acquaintances.NextDue, Instant.Earliest(broadcastAt, sweep.Deadline));

    /// <summary>How many nodes are there: they answered, and not five asks ago.</summary>
    public int Company => acquaintances.Company;

    /// <summary>What was refused so far.</summary>
    public Refusals Refusals => refusals;

    /// <summary>
    /// The endpoints worth keeping on disk: those that ever proved they hear us, most recently heard first; then those remembered from
    /// earlier lives and not heard yet, else a node that lives for 200 ms would forget all but the first that answers. At most
    /// <see cref="RememberedMax"/>.
    /// </summary>
    public IReadOnlyList<Endpoint> Remembered =>
    [
        .. acquaintances.All.Where(a => a.IsWorthRemembering)
            .OrderByDescending(a => a.Proven).ThenByDescending(a => a.FreshAt).ThenBy(a => a.Node)
            .Take(RememberedMax).Select(a => a.Node),
    ];

    /// <summary>Begins to look: broadcasts at once; sweeps if nobody answers. Once.</summary>
    public void Start(Instant now, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        BeAlone(now);
        broadcastAt = settings.Broadcast ? now : null;
        Tick(now, outbox);
    }

    /// <summary>A hello came from <paramref name="from"/>.</summary>
    public void Receive(Instant now, Endpoint from, Hello hello, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(hello);
        ArgumentNullException.ThrowIfNull(outbox);
        var node = from.WithPort(hello.NodePort);
        if (!Addresses.Admits(settings, from) || !Addresses.Admits(settings, node))
        {
            refusals = refusals with { NotLocal = refusals.NotLocal + 1 };
            return;
        }

        if (hello.Cluster != settings.Cluster)
        {
            refusals = refusals with { OtherCluster = refusals.OtherCluster + 1 };
            return;
        }

        if (hello.Id == settings.Id && hello.Boot == settings.Boot)
        {
            refusals = refusals with { OwnEchoes = refusals.OwnEchoes + 1 };
            return;
        }

        var proven = hello.YourBoot == settings.Boot;
        switch (hello.Kind, proven)
        {
            case (HelloKind.Answer, false): // to an earlier process at our address, or to nobody
                refusals = refusals with { Unsolicited = refusals.Unsolicited + 1 };
                return;
            case (HelloKind.Ask, _) when !answers.TryTake(now, from.Address): // before it can make us keep anything
                refusals = refusals with { TooOften = refusals.TooOften + 1 };
                return;
            default:
                break;
        }

        // One that is watched asks for those that it does not know: it knows us, in this life.
        var needsNoAnswer = acquaintances.Find(node) is { IsWatched: true } watched && watched.Said?.Boot == hello.Boot && !proven;
        if (hello.Id == settings.Id)
            MeetClone(now, node, hello, proven, outbox);
        else
            Hear(now, node, hello, proven, outbox);
        if (hello.Kind == HelloKind.Ask && !needsNoAnswer)
            outbox.Send(from, voice.Answer(hello.Boot, node));
        AskDue(now, outbox);
    }

    /// <summary>There may be a node at <paramref name="node"/>: asks it, at once unless it is one rumour of many.</summary>
    public void Learn(Instant now, Endpoint node, Source source, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        HearOf(now, node, source, outbox);
        AskDue(now, outbox);
    }

    /// <summary>Who listens at <paramref name="node"/> could not be spoken to before, and can now: asks it at once, unless somebody else
    /// watches it.</summary>
    public void Introduced(Instant now, Endpoint node, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        HearOf(now, node, Source.Exchanged, outbox);
        if (acquaintances.Find(node) is { IsAsked: true } peer)
            Ask(now, peer, outbox);
        AskDue(now, outbox);
    }

    /// <summary>The files that this node serves are now these: tells everybody who is there at once, as some may wait for just
    /// that.</summary>
    /// <remarks>Where all names don't fit into a hello, the last entries are not told.</remarks>
    /// <exception cref="ArgumentException">More than <see cref="Hello.CatalogueMax"/> entries, or a name that is too long.</exception>
    public void Offer(Instant now, IReadOnlyList<CatalogueEntry> catalogue, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        ArgumentNullException.ThrowIfNull(outbox);
        if (catalogue.Count > Hello.CatalogueMax)
            throw new ArgumentException($"{catalogue.Count} entries where {Hello.CatalogueMax} may be", nameof(catalogue));
        if (catalogue.Any(entry => Encoding.UTF8.GetByteCount(entry.Name) > CatalogueEntry.NameBytesMax))
            throw new ArgumentException($"a name has at most {CatalogueEntry.NameBytesMax} bytes", nameof(catalogue));
        if (catalogue.SequenceEqual(voice.Catalogue))
            return;

        voice.Catalogue = [.. catalogue];
        foreach (var peer in acquaintances.All.Where(a => a is { IsCompany: true, IsAsked: true }))
            acquaintances.Put(peer, now);
        AskDue(now, outbox);
    }

    /// <summary>Somebody else watches whether a node is there (see <see cref="Keeping.Keeper"/>), or does not any more: meanwhile it is
    /// neither asked, nor answered when it asks everybody.</summary>
    public void Watched(Instant now, Endpoint node, bool isWatched, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (acquaintances.Find(node) is not { } peer || peer.IsWatched == isWatched)
            return;
        if (isWatched)
        {
            peer.Vouch(Source.Exchanged); // others know it too, or it answered by a stream
            sweep.Found();
        }

        peer.RetryPause = timings.RetryMin;
        acquaintances.Watched(peer, isWatched);
        acquaintances.Put(peer, isWatched ? null : now);
        if (acquaintances.Company == 0)
            BeAlone(now);
        AskDue(now, outbox);
    }

    /// <summary>Nobody is at <paramref name="node"/> any more, says who knows: it is not asked again, unless the operator named
    /// it.</summary>
    public void Forget(Instant now, Endpoint node, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (acquaintances.Find(node) is not { Source: not Source.Static } peer)
            return;
        acquaintances.Remove(peer);
        if (peer.IsWorthRemembering)
            outbox.Emit(new FindingEvent.PeersChanged());
        if (peer.IsCompany && acquaintances.Company == 0)
            BeAlone(now);
    }

    /// <summary>Whether it knows of a place.</summary>
    internal bool Knows(Endpoint node) => acquaintances.Find(node) is not null;

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        AskDue(now, outbox);
        if (broadcastAt <= now)
            Broadcast(now, outbox);
        if (sweep.TryNext(now, acquaintances.Company, out var address))
            outbox.Send(settings.Own with { Address = address }, voice.AskAnyone());
    }

    private void MeetClone(Instant now, Endpoint node, Hello hello, bool proven, Outbox outbox)
    {
        // Unproven it may be our own last datagram from before a restart, or a forgery: our answer lets a real clone prove itself.
        if (!proven || (clashQuiet.Boot == hello.Boot && now < clashQuiet.Until))
            return;
        clashQuiet = (hello.Boot, now + timings.ClashPause);
        outbox.Emit(new FindingEvent.IdentityClash(node, hello.Boot));
    }

    private void Hear(Instant now, Endpoint node, Hello hello, bool proven, Outbox outbox)
    {
        var peer = acquaintances.Find(node)
            ?? TakeUp(new Acquaintance(node, Source.Contact, vouched: false, now), proven ? 2 : 0, outbox);
        if (peer is null)
            return;

        var (said, wasProven, wasCompany) = (peer.Said, peer.Proven, peer.IsCompany);
        acquaintances.Heard(now, peer, hello, proven);
        if (said is null || !said.SaysTheSame(hello))
            outbox.Emit(new FindingEvent.PeerFound(node, hello.Id, hello.Boot, hello.SwarmPort, hello.Catalogue));
        if (peer.Proven && !wasProven)
            outbox.Emit(new FindingEvent.PeersChanged());

        if (!peer.IsAsked && !peer.IsWatched)
            acquaintances.Put(peer, now + timings.ForgetAfter);
        if (!proven)
            return;

        sweep.Found();
        if (!wasCompany) // new, or back: what it knows grows fastest now
            peer.RefreshPause = timings.RetryMin;
        if (peer.IsAsked)
            acquaintances.Put(peer, patience.AfterAnswer(now, peer, isHungry: voice.Catalogue.Count == 0, acquaintances.Company));
        foreach (var other in hello.Peers)
        {
            // A loopback address is the teller's own, unless we share its host.
            if (!Addresses.IsLoopback(other.Address) || Addresses.IsLoopback(settings.Own.Address))
                HearOf(now, other, Source.Exchanged, outbox);
        }
    }

    private void HearOf(Instant now, Endpoint node, Source source, Outbox outbox)
    {
        if (node == settings.Own)
            return; // a list of peers may well name us
        if (!Addresses.Admits(settings, node))
        {
            refusals = refusals with { NotLocal = refusals.NotLocal + 1 };
            return;
        }

        if (acquaintances.Find(node) is { } known)
        {
            var wasAsked = known.IsAsked;
            var isNews = source > known.Source;
            known.Vouch(source);
            if (wasAsked && !isNews)
                return;
            known.RetryPause = timings.RetryMin;
            if (known.IsAsked)
                acquaintances.Put(known, now);
            return;
        }

        var newcomer = new Acquaintance(node, source, vouched: true, now) { RetryPause = timings.RetryMin };
        if (TakeUp(newcomer, source == Source.Static ? 2 : newcomer.Rank, outbox) is not null)
            acquaintances.Put(newcomer, now);
    }

    private Acquaintance? TakeUp(Acquaintance newcomer, int rank, Outbox outbox)
    {
        if (!acquaintances.TryAdd(newcomer, rank, out var evicted))
        {
            refusals = refusals with { Full = refusals.Full + 1 };
            return null;
        }

        if (evicted is { IsWorthRemembering: true })
            outbox.Emit(new FindingEvent.PeersChanged());
        if (evicted is { IsCompany: true } && acquaintances.Company == 0)
            BeAlone(newcomer.LearntAt);
        return newcomer;
    }

    private void AskDue(Instant now, Outbox outbox)
    {
        while (acquaintances.TryTakeDue(now, out var peer))
        {
            if (peer.IsPassing && peer.FreshAt + timings.ForgetAfter <= now)
                acquaintances.Remove(peer);
            else if (peer.IsRumour && !rumours.TryTake(now))
                acquaintances.Put(peer, rumours.FreeAt);
            else
                Ask(now, peer, outbox);
        }
    }

    private void Ask(Instant now, Acquaintance peer, Outbox outbox)
    {
        Check.That(peer.IsAsked);
        var wasCompany = peer.IsCompany;
        acquaintances.Asked(peer);
        outbox.Send(peer.Node, voice.Ask(peer));
        acquaintances.Put(peer, patience.AfterAsk(now, peer));
        if (wasCompany && acquaintances.Company == 0)
            BeAlone(now);
    }

    /// <summary>Nobody is there (any more): broadcast often, and sweep soon.</summary>
    private void BeAlone(Instant now)
    {
        sweep.Await(now);
        patience.BeAlone();
        if (broadcastAt is not null)
            broadcastAt = now;
    }

    private void Broadcast(Instant now, Outbox outbox)
    {
        foreach (var subnet in settings.Subnets.Where(subnet => subnet.HasBroadcast))
            outbox.Send(settings.Own with { Address = subnet.Broadcast }, voice.AskAnyone());
        broadcastAt = patience.AfterBroadcast(now, acquaintances.Company);
    }
}
