using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Election;

/// <summary>Who leads, and who plays which part: a nomination by <see cref="BullyElection"/> or <see cref="RingElection"/>, a grant, and
/// the colours that follow from it.</summary>
/// <remarks>
/// <para>Nobody leads by nomination alone. With a roster (<c>quorum</c> mode) the nominee claims the lease of the register <c>leader</c>,
/// whose epoch is the term's counter; without one (<c>available</c> mode) it takes the next counter that it knows of, so that each side of
/// a network that is split has its leader, and the greater term remains when they meet.</para>
/// <para>One caller. After each input the outbox is drained in order: what stands behind an <see cref="ElectionEffect.Keep"/> waits until
/// that is durable.</para>
/// </remarks>
public sealed class LeaderElection
{
    private readonly ElectionSettings settings;
    private readonly Nomination nomination;
    private readonly Tenure tenure;
    private readonly Palette palette = new();
    private readonly SortedDictionary<NodeId, Peer> peers = [];
    private Instant lookedAt;
    private Instant heardAt; // following: of the leader
    private Instant beatAt; // leading: when the others are told next
    private Instant? registerAt; // following: when the colours are asked for again

    /// <summary>A node's part in elections; nothing is asked for before <see cref="Start"/>.</summary>
    /// <param name="settings">How it stands for election.</param>
    /// <param name="kept">The greatest term that earlier lives knew of.</param>
    /// <param name="rng">Where the number of the ring is drawn from.</param>
    public LeaderElection(ElectionSettings settings, Term kept, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(rng);
        this.settings = settings;
        nomination = new Nomination(settings, rng);
        tenure = new Tenure(settings, nomination, kept);
        nomination.Learn(kept);
    }

    /// <summary>How this node stands.</summary>
    public Standing Standing => tenure.Standing;

    /// <summary>The colours, the latest that this node has heard of.</summary>
    public Colouring Colouring => palette.Colouring;

    /// <summary>The colour of this node; <see cref="Colour.None"/> while none is known.</summary>
    public Colour Own => Colouring.Colours.GetValueOrDefault(settings.Self);

    /// <summary>The leadership that this node heeds; null while there is none.</summary>
    public Term? Term => tenure.Term;

    /// <summary>The greatest term that this node has heard of.</summary>
    public Term Greatest => tenure.Greatest;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => Standing switch
    {
        Standing.Claiming when !nomination.IsRing => null, // the claim is answered, sooner or later
        // In between it only looks at the clock: else it would take its own waiting for having stood still.
        Standing.Leading => Instant.Earliest(nomination.Deadline, nomination.IsRing ? lookedAt + settings.StandstillMax : beatAt),
        Standing.Following when !nomination.IsRing => Instant.Earliest(
            registerAt, Instant.Earliest(heardAt + settings.HeartbeatPatience, lookedAt + settings.StandstillMax)),
        _ => nomination.Deadline,
    };

    /// <summary>Begins: call once, first.</summary>
    public void Start(Instant now, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        lookedAt = now;
        nomination.Reknit(now, [], null);
        nomination.Start(now);
        outbox.Emit(new ElectionEvent.Step("looks for the others"));
    }

    /// <summary>Who is here, this node not among them.</summary>
    /// <param name="now">The time.</param>
    /// <param name="here">They.</param>
    /// <param name="seats">Who votes in the roster; null while there is none: that is <c>available</c> mode.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Meet(Instant now, IReadOnlyCollection<Peer> here, IReadOnlyCollection<NodeId>? seats, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(here);
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        var isOther = here.Count != peers.Count || here.Any(peer => !peers.ContainsKey(peer.Node));
        peers.Clear();
        foreach (var peer in here)
            peers[peer.Node] = peer;
        if (tenure.ChangeMode(now, seats is not null, outbox))
            palette.Forget();
        nomination.Reknit(now, peers.Values, seats);
        HearRing(now, outbox);
        if (Standing is Standing.Following(var term) && !peers.ContainsKey(term.Leader))
            tenure.Lose(now, $"{Tenure.Short(term.Leader)} is gone", outbox);
        else if (Standing is Standing.Leading && isOther && !nomination.IsRing)
            Paint(now, [.. peers.Keys, settings.Self], outbox);
        Nominate(now, outbox);
    }

    /// <summary>A leader is there.</summary>
    public void Hear(Instant now, NodeId from, ElectionMessage.Heartbeat heartbeat, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (heartbeat.Term.Leader != from || from == settings.Self)
            return; // nobody speaks for another
        if (heartbeat.Term < Greatest || (Term is { } current && heartbeat.Term < current))
        {
            // Two leaders have met: the lesser one hears of the greater. Whoever remembers a greater one that is over has it led on under a
            // still greater one, without turning anybody out.
            if (Standing is Standing.Leading(var own))
                outbox.Send(from, new ElectionMessage.Heartbeat(own, palette.VersionUnder(own)));
            else if (Term is null && !tenure.IsQuorum)
                outbox.Send(from, new ElectionMessage.Outdated(settings.Self, Greatest));
            return;
        }

        if (Term != heartbeat.Term)
            Follow(now, heartbeat.Term, outbox);
        heardAt = now;
        if (registerAt is null && heartbeat.Version > palette.VersionUnder(heartbeat.Term))
            Register(now, heartbeat.Term, outbox);
    }

    /// <summary>Somebody knows of a later leadership than this node's: it leads on under a still later one.</summary>
    public void Hear(Instant now, ElectionMessage.Outdated outdated, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outdated);
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (tenure.IsQuorum || Standing is not Standing.Leading(var own) || outdated.Known <= own)
            return; // epochs of a lease are nobody's to choose
        tenure.LayDown(own, "a later term is known, and it leads on under another", outbox);
        Lead(now, new Term(outdated.Known.Counter + 1, settings.Self), outbox);
    }

    /// <summary>Something came round the ring.</summary>
    /// <returns>Null if it was taken; else why not.</returns>
    public RingRefusal? Receive(Instant now, RingMessage message, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        var refusal = (RingRefusal?)RingRefusal.Stranger;
        nomination.OnRing((its, messages) => refusal = its.Receive(now, message, messages));
        HearRing(now, outbox);
        return refusal;
    }

    /// <summary>The right neighbour has answered what was sent to it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="to">It.</param>
    /// <param name="known">The later term that it knows of, for which it refused; null if it took what was sent.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Delivered(Instant now, NodeId to, Term? known, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (known is { } later && later > Greatest)
        {
            if (Term is { } own && own < later)
                tenure.Lose(now, "a later term is known", outbox);
            tenure.Keep(later, outbox); // whoever is elected next begins a still later one
        }

        nomination.OnRing((its, messages) => its.Delivered(now, to, messages));
        HearRing(now, outbox);
    }

    /// <summary>The right neighbour could not be reached.</summary>
    public void Undelivered(Instant now, NodeId to, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        nomination.OnRing((its, messages) => its.Undelivered(now, to, messages));
        HearRing(now, outbox);
    }

    /// <summary>A leader lays its leadership down; that its lease is over may have been heard before.</summary>
    public void Hear(Instant now, NodeId from, ElectionMessage.Resigned resigned, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(resigned);
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (resigned.Term.Leader != from || resigned.Term != Greatest || Standing is not (Standing.Following or Standing.Without))
            return;
        tenure.LaidDown = resigned.Term;
        var later = resigned.Successor == settings.Self ? default : settings.NomineePatience;
        if (Standing is Standing.Following)
            tenure.Lose(now, $"{Tenure.Short(from)} has laid it down", outbox, later);
        if (resigned.Successor is not null)
            peers.Remove(from); // it goes: whoever is next need not colour it
        if (resigned.Successor == settings.Self)
            Stand(now, $"{Tenure.Short(from)} hands over to it", outbox);
    }

    /// <summary>A follower registers.</summary>
    /// <returns>The colours; null if this node does not lead.</returns>
    public Colouring? Register(Instant now, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        return Standing is Standing.Leading(var term) && Colouring.Term == term ? Colouring : null;
    }

    /// <summary>The leader has answered to this node's registration; null if it did not, or does not lead.</summary>
    public void Registered(Instant now, NodeId leader, Colouring? colouring, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (Standing is not Standing.Following(var term) || term.Leader != leader)
            return;
        var isAnswer = colouring?.Term == term;
        registerAt = isAnswer ? null : now + settings.Heartbeat; // it may not have coloured yet, or be overrun
        heardAt = isAnswer ? now : heardAt;
        if (isAnswer)
            palette.Take(colouring!, outbox);
    }

    /// <summary>The lease of the leader is this node's.</summary>
    /// <param name="now">The time.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="remembered">The colours in their register; null if there are none, or they can't be read.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Granted(Instant now, ulong epoch, Colouring? remembered, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (remembered is not null)
            palette.Take(remembered, outbox);
        if (Standing is Standing.Leading(var own) && own.Counter < epoch)
            tenure.Lose(now, "it has claimed the lease a second time", outbox);
        Lead(now, new Term(epoch, settings.Self), outbox);
    }

    /// <summary>The lease was not to be had.</summary>
    public void Denied(Instant now, string why, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (Standing is Standing.Claiming)
            tenure.Denied(now, why, outbox);
    }

    /// <summary>The lease is over.</summary>
    public void Lapsed(Instant now, ulong epoch, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        Denied(now, "the lease was over before it could be used", outbox); // if it did not lead yet
        if (!(Standing is Standing.Leading(var term) && term.Counter == epoch))
            return;
        // Who has not seen the lease, as it was away when that was granted, does not see its end either.
        foreach (var peer in peers.Keys)
            outbox.Send(peer, new ElectionMessage.Resigned(term, null));
        tenure.Lapse(now, outbox);
    }

    /// <summary>Nobody has the lease, as far as this node's acceptor knows.</summary>
    public void Vacant(Instant now, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (Standing is Standing.Following(var term))
            tenure.Lose(now, $"the lease of {Tenure.Short(term.Leader)} is over", outbox);
        Nominate(now, outbox);
    }

    /// <summary>The node is about to go: who leads hands over.</summary>
    public void Leave(Instant now, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (Standing is not Standing.Leading(var term))
            return;
        var successor = nomination.Successor(peers.Values);
        tenure.LayDown(term, "it hands over", outbox);
        foreach (var peer in peers.Keys)
            outbox.Send(peer, new ElectionMessage.Resigned(term, successor));
        outbox.Emit(new ElectionEvent.LeaderChanged(null, "it hands over"));
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, ElectionOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        switch (Standing)
        {
            case Standing.Leading when !nomination.IsRing && beatAt <= now:
                Beat(now, outbox);
                break;
            case Standing.Following(var term) when !nomination.IsRing && heardAt + settings.HeartbeatPatience <= now:
                tenure.Lose(now, $"{Tenure.Short(term.Leader)} is silent", outbox);
                break;
            case Standing.Following(var term) when registerAt <= now:
                Register(now, term, outbox);
                break;
        }

        Nominate(now, outbox);
    }

    // A program that stood still does not know what was decided meanwhile: before it says or does anything as leader it hears the others.
    // With a lease that is the lease's matter.
    private void WakeUp(Instant now, ElectionOutbox outbox)
    {
        var stoodStill = now - lookedAt > settings.StandstillMax + settings.Heartbeat;
        (lookedAt, heardAt) = (now, stoodStill ? now : heardAt); // nor did it hear what was said to it
        if (stoodStill && !tenure.IsQuorum && peers.Count > 0 && Standing is Standing.Leading)
            tenure.Lose(now, "this node stood still", outbox, later: settings.Heartbeat + settings.NomineePatience);
    }

    private void Nominate(Instant now, ElectionOutbox outbox)
    {
        var was = nomination.IsStanding;
        if (nomination.Tick(now) && Standing is Standing.Without)
            Stand(now, "has the highest address of those who are here", outbox);
        if (nomination.IsStanding && !was)
            outbox.Emit(new ElectionEvent.Step("stands: its candidacy is on its way round the ring"));
        HearRing(now, outbox);
    }

    private void HearRing(Instant now, ElectionOutbox outbox)
    {
        while (nomination.TryTake(out var what))
        {
            switch (what)
            {
                case RingEvent.Nominated when Standing is Standing.Without or Standing.Following:
                    // A leader swallows every candidacy: who is followed leads no more, and nobody has told.
                    if (Term is { } former)
                        tenure.Lose(now, $"{Tenure.Short(former.Leader)} leads no more: it let a candidacy pass", outbox);
                    Stand(now, "its own candidacy has come home", outbox);
                    break;
                case RingEvent.Heard(var term) when term >= Greatest && Term != term && tenure.LaidDown != term:
                    Follow(now, term, outbox);
                    break;
                case RingEvent.Collected(var nodes):
                    outbox.Emit(new ElectionEvent.Step($"has collected who is in the ring: {nodes.Count}"));
                    Paint(now, nodes, outbox);
                    break;
                case RingEvent.Coloured(var colouring):
                    palette.Take(colouring, outbox);
                    break;
                case RingEvent.Settled:
                    outbox.Emit(new ElectionEvent.Step("all have heard who leads, and their colors"));
                    break;
            }
        }

        nomination.Send(outbox);
    }

    private void Stand(Instant now, string why, ElectionOutbox outbox)
    {
        outbox.Emit(new ElectionEvent.Step(why));
        if (tenure.IsQuorum)
            tenure.Claim(outbox);
        else
            Lead(now, new Term(Greatest.Counter + 1, settings.Self), outbox);
    }

    private void Lead(Instant now, Term term, ElectionOutbox outbox)
    {
        if (tenure.IsQuorum && term < Greatest)
        {
            outbox.Do(new ElectionEffect.Release());
            Denied(now, "a later term is known", outbox);
        }

        if (term < Greatest || Standing is Standing.Leading)
            return;
        tenure.Lead(now, term, outbox);
        if (!nomination.IsRing) // which collects whom to paint
            Paint(now, [.. peers.Keys, settings.Self], outbox);
        HearRing(now, outbox);
    }

    private void Follow(Instant now, Term term, ElectionOutbox outbox)
    {
        (heardAt, registerAt) = (now, null);
        tenure.Follow(now, term, outbox);
    }

    private void Register(Instant now, Term term, ElectionOutbox outbox)
    {
        registerAt = now + settings.NomineePatience; // the answer comes at once, or not
        outbox.Send(term.Leader, new ElectionMessage.Register(term));
    }

    private void Paint(Instant now, IEnumerable<NodeId> here, ElectionOutbox outbox)
    {
        if (Standing is not Standing.Leading(var term))
            return;
        if (palette.Next(term, peers.Values, here) is { } next)
        {
            if (tenure.IsQuorum)
                outbox.Do(new ElectionEffect.Write(next));
            palette.Take(next, outbox);
        }

        nomination.OnRing((its, messages) => its.Paint(now, Colouring, messages)); // whoever paints hears the ring next
        Beat(now, outbox);
    }

    private void Beat(Instant now, ElectionOutbox outbox)
    {
        if (nomination.IsRing || Standing is not Standing.Leading(var term))
            return;
        beatAt = now + settings.Heartbeat;
        foreach (var peer in peers.Keys)
            outbox.Send(peer, new ElectionMessage.Heartbeat(term, palette.VersionUnder(term)));
    }
}
