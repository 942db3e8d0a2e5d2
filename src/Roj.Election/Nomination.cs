using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Election;

/// <summary>The one election of the two that a node was told to hold.</summary>
internal sealed class Nomination
{
    // Candidacies on the ring are sent again after each wait: it can't be none.
    private static readonly TimeSpan ringWaitMin = TimeSpan.FromMilliseconds(100);

    private readonly BullyElection? bully;
    private readonly ElectionSettings settings;
    private readonly Rng rng;
    private readonly RingOutbox scratch = new();
    private readonly Queue<RingEvent> events = [];
    private readonly Queue<(NodeId To, RingMessage Message)> unsent = [];
    private RingElection? ring;
    private IReadOnlyCollection<NodeId>? voting; // null while there is no roster
    private Instant? standAt; // who leads is to be found out from then on; null while somebody leads

    public Nomination(ElectionSettings settings, Rng rng)
    {
        (this.settings, this.rng) = (settings, rng);
        if (settings.Kind is ElectionKind.Ring)
            ring = NewRing();
        else
            bully = new BullyElection(settings);
    }

    /// <summary>Whether the ring is used: it tells by itself who leads, and the colours.</summary>
    public bool IsRing => ring is not null;

    /// <summary>Whether this node's candidacy is on its way round a ring.</summary>
    public bool IsStanding => ring?.IsStanding is true;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => ring is not null ? Instant.Earliest(ring.Deadline, standAt)
        : standAt is { } from && bully!.Deadline is { } due ? (due > from ? due : from)
        : null;

    /// <summary>A leadership is known that may be over.</summary>
    public void Learn(Term term) => ring?.Learn(term);

    /// <summary>What the ring knows is of other terms than those that count from now on: it begins anew.</summary>
    public void Forget(Instant now, Term greatest)
    {
        if (ring is null)
            return;
        ring = NewRing();
        ring.Learn(greatest);
        ring.Start(now);
        events.Clear();
        unsent.Clear();
    }

    public void Start(Instant now)
    {
        ring?.Start(now);
        if (bully is not null)
            Stand(now, without: null);
    }

    /// <summary>Who is here.</summary>
    /// <param name="now">The time.</param>
    /// <param name="peers">The others.</param>
    /// <param name="seats">Who of them may be nominated by the bully election: who votes hears at once when a lease is over. Null for
    /// all.</param>
    public void Reknit(Instant now, IReadOnlyCollection<Peer> peers, IReadOnlyCollection<NodeId>? seats)
    {
        var inOrder = peers.Append(new Peer(settings.Self, settings.Own, Colour.None)).OrderBy(peer => peer.Address);
        NodeId[] all = [.. inOrder.Select(peer => peer.Node)];
        voting = seats;
        bully?.Reknit(now, [.. all.Where(node => seats?.Contains(node) ?? true)]);
        OnRing((its, messages) => its.Reknit(now, all, messages));
    }

    /// <summary>Nobody leads.</summary>
    /// <param name="from">Who is to lead is to be found out from then on.</param>
    /// <param name="without">Who is not to be waited for; null for nobody in particular.</param>
    public void Stand(Instant from, NodeId? without)
    {
        standAt = from;
        bully?.Stand(from, without);
        ring?.Yield(from, ring.Known); // until then it hears the others, and says nothing as a leader
    }

    /// <summary>Another leads.</summary>
    public void Yield(Instant now, Term term)
    {
        standAt = null;
        bully?.Yield(term.Leader);
        ring?.Yield(now, term);
    }

    /// <summary>This node leads.</summary>
    public void Lead(Instant now, Term term)
    {
        standAt = null;
        bully?.Yield(term.Leader);
        OnRing((its, messages) => its.Lead(now, term, messages));
    }

    /// <summary>Does what is due.</summary>
    /// <returns>Whether this node is nominated; the ring tells that by an event.</returns>
    public bool Tick(Instant now)
    {
        if (ring is not null && standAt <= now)
        {
            standAt = null;
            OnRing((its, messages) => its.Stand(now, messages));
        }

        OnRing((its, messages) => its.Tick(now, messages));
        return standAt <= now && bully?.IsNominated(now) is true;
    }

    /// <summary>Whom a leader that goes hands over to: the right neighbour on the ring, the highest address else; of those who vote, as
    /// who came lately may not be granted the lease yet. Null if nobody is there.</summary>
    public NodeId? Successor(IEnumerable<Peer> peers)
    {
        var all = peers.OrderBy(peer => peer.Address).ToArray();
        var voters = all.Where(peer => voting?.Contains(peer.Node) is true).ToArray();
        var inOrder = voters.Length > 0 ? voters : all;
        return inOrder.Length == 0 ? null
            : !IsRing ? inOrder[^1].Node
            : inOrder.FirstOrDefault(peer => peer.Address.CompareTo(settings.Own) > 0, inOrder[0]).Node;
    }

    /// <summary>Gives the ring an input. What comes of it waits: what it tells for <see cref="TryTake"/>, then what is to be sent for
    /// <see cref="Send"/>, since a term is kept before it is passed on.</summary>
    public void OnRing(Action<RingElection, RingOutbox> input)
    {
        if (ring is null)
            return;
        input(ring, scratch);
        for (var i = 0; i < scratch.Count; i++)
        {
            if (scratch[i].Message is { } message)
                unsent.Enqueue((scratch[i].To, message));
            else if (scratch[i].Event is { } what)
                events.Enqueue(what);
        }

        scratch.Clear();
    }

    /// <summary>Sends what the ring asked for.</summary>
    public void Send(ElectionOutbox outbox)
    {
        while (unsent.TryDequeue(out var letter))
            outbox.Send(letter.To, letter.Message);
    }

    /// <summary>Takes out what the ring told.</summary>
    public bool TryTake(out RingEvent? what) => events.TryDequeue(out what);

    private RingElection NewRing()
    {
        var wait = settings.NewClientTimeout > ringWaitMin ? settings.NewClientTimeout : ringWaitMin;
        return new RingElection(settings.Self, new RingSettings { Wait = wait }, rng);
    }
}
