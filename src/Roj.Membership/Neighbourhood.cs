using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using FindingOutbox =
    Roj.Kernel.Outbox<Roj.Kernel.Endpoint, Roj.Membership.Wire.Hello, Roj.Membership.FindingEvent, Roj.Kernel.NoEffect>;

namespace Roj.Membership;

/// <summary>Who is here: <see cref="Finder"/> and <see cref="Keeper"/> as one.</summary>
/// <remarks>Whom the one finds the other meets; whom that one watches the first need not ask any more. One caller; after each input both
/// outboxes are drained and cleared.</remarks>
public sealed class Neighbourhood
{
    private readonly FinderSettings finding;
    private readonly Finder finder;
    private readonly Keeper keeper;
    private readonly Clones clones;
    private readonly SortedDictionary<NodeId, Endpoint> watched = []; // of those who are here and were found, where each was last

    /// <summary>A neighbourhood of one.</summary>
    /// <exception cref="ArgumentException">The settings are nobody's (see <see cref="Finder"/> and <see cref="Keeper"/>), or of two
    /// nodes.</exception>
    public Neighbourhood(FinderSettings finding, KeeperSettings keeping, Profile profile, ReadOnlyMemory<byte> tags, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(keeping);
        ArgumentNullException.ThrowIfNull(rng);
        if (finding.Id != keeping.Id || finding.Own != keeping.Own)
            throw new ArgumentException("one node finds and another keeps", nameof(keeping));
        this.finding = finding;
        finder = new Finder(finding, rng.Fork());
        keeper = new Keeper(keeping, profile, tags, rng.Fork());
        clones = new Clones(finding, rng.Fork());
    }

    /// <summary>What finding asks for.</summary>
    public FindingOutbox Finding { get; } = new();

    /// <summary>What keeping asks for.</summary>
    public KeepingOutbox Keeping { get; } = new();

    /// <summary>The members; to be read, not to be called.</summary>
    public Keeper Members => keeper;

    /// <summary>What finding refused so far.</summary>
    public Refusals Refusals => finder.Refusals;

    /// <summary>The places worth keeping on disk: of members first, of those that were found second.</summary>
    public IReadOnlyList<Endpoint> Remembered =>
    [
        .. keeper.Places.Concat(finder.Remembered).Distinct().Take(Finder.RememberedMax),
    ];

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is awaited.</summary>
    public Instant? Deadline => Instant.Earliest(finder.Deadline, Instant.Earliest(keeper.Deadline, clones.Deadline));

    /// <summary>Whether a node may be there: what comes from elsewhere is none of ours, whatever it says.</summary>
    public bool Admits(Endpoint node) => Addresses.Admits(finding, node);

    /// <summary>Begins to look.</summary>
    public void Start(Instant now, IEnumerable<Endpoint> configured, IEnumerable<Endpoint> remembered)
    {
        ArgumentNullException.ThrowIfNull(configured);
        ArgumentNullException.ThrowIfNull(remembered);
        clones.Start(now);
        foreach (var node in configured)
            finder.Learn(now, node, Source.Static, Finding);
        foreach (var node in remembered)
            finder.Learn(now, node, Source.Remembered, Finding);
        finder.Start(now, Finding);
        Route(now);
    }

    /// <summary>Begins among members that it knows, and that know it; see <see cref="Keeper"/>.</summary>
    internal void Assume(Instant now, IReadOnlyList<MemberRecord> records) => keeper.Assume(now, records);

    /// <summary>A hello came.</summary>
    public void Greeted(Instant now, Endpoint from, Hello hello)
    {
        finder.Receive(now, from, hello, Finding);
        Route(now);
    }

    /// <summary>A datagram between members came.</summary>
    public void Receive(Instant now, Endpoint from, SwimMessage message)
    {
        keeper.Receive(now, from, message, Keeping);
        Route(now);
    }

    /// <summary>Something came by an exchange; what to answer, null if nothing.</summary>
    public ExchangeMessage? Reply(Instant now, ExchangeMessage message)
    {
        var reply = message switch
        {
            ExchangeMessage.Claim claim => clones.Reply(now, claim, Keeping),
            ExchangeMessage.Verdict verdict => Heed(verdict),
            _ => keeper.Reply(now, message, Keeping),
        };
        Route(now);
        return reply;
    }

    /// <summary>What to say first to another process with our id; null if that has been settled meanwhile.</summary>
    public ExchangeMessage? Claim(Instant now) => clones.Opening(now);

    /// <summary>A call to another process with our id has ended, well or not.</summary>
    public void Confronted(Instant now, Endpoint with)
    {
        clones.Ended(now, with);
        Route(now);
    }

    /// <summary>An exchange that we began has ended, well or not.</summary>
    public void Exchanged(Instant now, Endpoint with)
    {
        keeper.Exchanged(now, with, Keeping);
        Route(now);
    }

    /// <summary>Another wing knows of a place where a node may be.</summary>
    public void Learn(Instant now, Endpoint node)
    {
        finder.Learn(now, node, Source.Exchanged, Finding);
        Route(now);
    }

    /// <summary>Who listens there could not be spoken to before, and can now.</summary>
    public void Introduced(Instant now, Endpoint node)
    {
        finder.Introduced(now, node, Finding);
        Route(now);
    }

    /// <summary>From now on we say this of ourselves.</summary>
    public void Present(Instant now, Profile profile, ReadOnlyMemory<byte> tags)
    {
        keeper.Present(now, profile, tags);
        Route(now);
    }

    /// <summary>An operator knows that a member will not be back (see <see cref="Keeper.Evict"/>).</summary>
    public Eviction Evict(Instant now, NodeId id)
    {
        var eviction = keeper.Evict(now, id, Keeping);
        Route(now);
        return eviction;
    }

    /// <summary>Says farewell.</summary>
    public void Leave(Instant now)
    {
        keeper.Leave(now, Keeping);
        Route(now);
    }

    /// <summary>Time has passed.</summary>
    public void Tick(Instant now)
    {
        if (finder.Deadline <= now)
            finder.Tick(now, Finding);
        if (keeper.Deadline <= now)
            keeper.Tick(now, Keeping);
        clones.Tick(now, Keeping);
        Route(now);
    }

    /// <summary>Forgets what was asked for: called when all of it has been carried out.</summary>
    public void Clear()
    {
        Finding.Clear();
        Keeping.Clear();
    }

    private ExchangeMessage? Heed(ExchangeMessage.Verdict verdict)
    {
        clones.Reply(verdict, Keeping);
        return null;
    }

    private void Route(Instant now)
    {
        for (var (found, kept) = (0, 0); found < Finding.Count || kept < Keeping.Count;)
        {
            for (; found < Finding.Count; found++)
            {
                if (Finding[found].Event is FindingEvent.IdentityClash(var node, var boot))
                    clones.Meet(now, node, boot, Keeping);
                if (Finding[found].Event is not FindingEvent.PeerFound peer)
                    continue;
                keeper.Meet(now, peer.Node, peer.Id, Keeping);
                if (keeper.Find(peer.Id) is not { IsPresent: true } member || member.Node != peer.Node)
                    continue;
                watched[member.Id] = member.Node;
                finder.Watched(now, peer.Node, isWatched: true, Finding);
            }

            for (; kept < Keeping.Count; kept++)
            {
                if (Keeping[kept].Event is MembershipEvent.Changed({ } member, _))
                    Watch(now, member);
            }
        }
    }

    private void Watch(Instant now, Member member)
    {
        // It may have come from elsewhere, and where it was another may be by now.
        if (watched.Remove(member.Id, out var before) && !watched.ContainsValue(before))
            finder.Watched(now, before, isWatched: false, Finding);
        if (member.IsEvicted && !watched.ContainsValue(member.Node))
            finder.Forget(now, member.Node, Finding);
        if (!member.IsPresent || !finder.Knows(member.Node))
            return; // whom the finder comes to know of later it finds first
        watched[member.Id] = member.Node;
        finder.Watched(now, member.Node, isWatched: true, Finding);
    }
}
