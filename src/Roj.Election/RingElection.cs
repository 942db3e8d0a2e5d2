using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Election;

/// <summary>The ring election of Chang and Roberts (CACM 22(5), 1979), and what its winner sends round afterwards: that it leads, who
/// there is, and the colours.</summary>
/// <remarks>
/// <para>It nominates only: that its candidacy came home tells a node that nobody in the ring is greater, while leading is granted
/// elsewhere, under a term (<see cref="Lead"/>). Whatever others say, in whatever order, it leads to no more than a nomination too
/// many.</para>
/// <para>An election costs 2n - 1 candidacies at best, n(n + 1)/2 at worst, n·H(n) on average; each of the three rounds behind it n.
/// No message outlives 2n hops.</para>
/// </remarks>
public sealed class RingElection
{
    private readonly NodeId self;
    private readonly RingSettings settings;
    private readonly RingLink link;
    private RingView view;
    private RingPhase phase = new RingPhase.Idle();
    private Term known; // the greatest that was heard of
    private Colouring colouring = Colouring.None; // the last that was taken

    /// <summary>A node, alone in its ring until it is told otherwise.</summary>
    /// <param name="self">It.</param>
    /// <param name="settings">How patient it is.</param>
    /// <param name="rng">Where its number is drawn from.</param>
    public RingElection(NodeId self, RingSettings settings, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(rng);
        (this.self, this.settings) = (self, settings);
        Id = new RingId((uint)(rng.NextUInt64() >> 32), self);
        view = new RingView(self, []);
        link = new RingLink(settings, view);
    }

    /// <summary>Who this node is on the ring, for as long as it lives.</summary>
    public RingId Id { get; }

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is awaited but others.</summary>
    public Instant? Deadline => Instant.Earliest(phase.Due, link.Deadline);

    /// <summary>The greatest term that was heard of. Who refuses a message of an earlier one as <see cref="RingRefusal.Stale"/> may answer
    /// with it, and whoever sent that message calls <see cref="Yield"/>: so, hop by hop, it comes back to a leader that knew of
    /// less.</summary>
    public Term Known => known;

    /// <summary>Whether its candidacy is on its way round.</summary>
    public bool IsStanding => phase is RingPhase.Standing;

    /// <summary>How many messages wait for the right neighbour, the one under way among them; at most 4n + 64.</summary>
    public int Waiting => link.Count;

    /// <summary>How many messages were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>How many messages were given up because too many waited.</summary>
    public long Forgotten => link.Forgotten;

    /// <summary>Begins: the node waits, and stands unless it hears of a leader until then. Once only.</summary>
    public void Start(Instant now)
    {
        if (phase is RingPhase.Idle)
            phase = new RingPhase.Waiting(now + settings.Wait);
    }

    /// <summary>Another ring. What was lost with who is gone is sent again.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ring">All who are in it, in its order, this node among them; without the dead.</param>
    /// <param name="outbox">What is to be done.</param>
    public void Reknit(Instant now, IReadOnlyList<NodeId> ring, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(outbox);
        var before = view;
        view = new RingView(self, ring);
        link.Reknit(now, view, outbox);
        if (!view.HasAll(before.All))
            SendAgain(now, outbox);
        AnnounceIfMissed(now);
    }

    /// <summary>There is no leader: this node stands, at once.</summary>
    public void Stand(Instant now, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WithdrawOwn();
        phase = new RingPhase.Standing(now + settings.Wait);
        Circulate(now, new RingMessage.Election(Id, Id, 0), outbox);
    }

    /// <summary>The nomination was granted: this node leads, and says so to all. Nothing if a later leadership was heard of
    /// meanwhile.</summary>
    public void Lead(Instant now, Term term, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        Check.That(term.Leader == self);
        if (term < known)
            return;
        known = term;
        WithdrawOwn();
        phase = new RingPhase.Leading(term, RingRound.None, null, now, null, null);
        Announce(now, outbox);
    }

    /// <summary>A leadership was heard of elsewhere that may be over: what is said of earlier ones is refused.</summary>
    public void Learn(Term term) => known = term > known ? term : known;

    /// <summary>Another leads, as was heard elsewhere, or this node leads no more. Nothing if a later leadership is known.</summary>
    public void Yield(Instant now, Term term)
    {
        if (term >= known)
            Follow(term);
    }

    /// <summary>The colours of what was collected, or others under the same leadership: COLOR goes round.</summary>
    public void Paint(Instant now, Colouring colouring, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(colouring);
        ArgumentNullException.ThrowIfNull(outbox);
        if (phase is not RingPhase.Leading leading || colouring.Term != leading.Term || !IsCurrent(colouring))
            return;
        Take(colouring, outbox);
        Begin(now, leading, RingRound.Color, new RingMessage.Color(Id, Id, 0, colouring), outbox);
    }

    /// <summary>As leader: LEADER and COLLECT once more, and COLOR when they are painted, for who came late.</summary>
    public void Announce(Instant now, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (phase is not RingPhase.Leading leading)
            return;
        leading = leading with { AnnouncedAt = now, AnnounceAt = null };
        Begin(now, leading, RingRound.Leader, new RingMessage.Leader(Id, Id, 0, leading.Term), outbox);
    }

    /// <summary>A message has come from the left.</summary>
    /// <returns>Null if it was taken, be it that there was nothing to do; else why it is refused.</returns>
    public RingRefusal? Receive(Instant now, RingMessage message, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        var own = phase is RingPhase.Leading leading ? leading.Term : (Term?)null;
        var refusal = new RingJudge(Id, view, known, own, colouring).Judge(message);
        if (refusal is not null)
            Refused++;
        else
            Take(now, message, outbox);
        return refusal;
    }

    /// <summary>The neighbour has answered what was sent to it, be it with a refusal.</summary>
    public void Delivered(Instant now, NodeId to, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        link.Delivered(now, to, outbox);
    }

    /// <summary>The neighbour could not be reached with what was sent to it, or has not answered in time.</summary>
    public void Undelivered(Instant now, NodeId to, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        link.Undelivered(now, to, outbox);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, RingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        switch (phase)
        {
            case RingPhase.Waiting waiting when waiting.Until <= now:
                Stand(now, outbox);
                break;
            case RingPhase.Leading leading when leading.AnnounceAt <= now:
                Announce(now, outbox);
                break;
            case var any when any.Due <= now:
                SendAgain(now, outbox);
                break;
            default:
                break;
        }

        link.Pump(now, outbox);
    }

    private void Take(Instant now, RingMessage message, RingOutbox outbox)
    {
        if (message.Origin == Id)
        {
            Home(now, message, outbox);
            return;
        }

        switch (message)
        {
            case RingMessage.Election when phase is RingPhase.Leading leading:
                // There is a leader already: it swallows every candidacy. One that comes after LEADER has been round is from somebody whom
                // that did not reach.
                if (leading.Round is not RingRound.Leader)
                    AnnounceSoon(now, leading);
                break;
            case RingMessage.Election:
                if (message.Origin > Id)
                    Pass(now, message, outbox);
                else
                    Outrank(now, outbox);
                break;
            case RingMessage.Leader leader:
                Follow(leader.Term);
                outbox.Emit(new RingEvent.Heard(leader.Term));
                Pass(now, message, outbox);
                break;
            case RingMessage.Collect collect:
                Hear(collect.Term, outbox);
                Pass(now, collect with { Ids = [.. collect.Ids, Id] }, outbox);
                break;
            case RingMessage.Color color:
                Hear(color.Colouring.Term, outbox);
                Take(color.Colouring, outbox);
                Pass(now, message, outbox);
                break;
            default:
                break;
        }
    }

    // Who stands though there is a leader has not heard of it, or it leads no more. As in the paper, a node that is not standing itself
    // sends its own candidacy in place of a lesser one: the leader swallows it and tells all; if there is none, it comes home.
    private void Outrank(Instant now, RingOutbox outbox)
    {
        if (phase is not RingPhase.Following following || following.StoodAt + settings.AnnouncePause > now)
            return;
        phase = following with { StoodAt = now };
        Circulate(now, new RingMessage.Election(Id, Id, 0), outbox);
    }

    // What a node sent has been all the way round. Out of its turn it says nothing: it was sent more than once.
    private void Home(Instant now, RingMessage message, RingOutbox outbox)
    {
        switch (message, phase)
        {
            case (RingMessage.Election, RingPhase.Standing or RingPhase.Following { StoodAt: not null }):
                phase = new RingPhase.Nominated();
                WithdrawOwn();
                outbox.Emit(new RingEvent.Nominated());
                break;
            case (RingMessage.Leader, RingPhase.Leading { Round: RingRound.Leader } leading):
                Collect(now, leading, outbox);
                break;
            case (RingMessage.Collect collect, RingPhase.Leading { Round: RingRound.Collect } leading):
                NodeId[] nodes = [.. collect.Ids.Select(id => id.Node).Append(self).Where(view.Has).Distinct()];
                phase = leading with { Round = RingRound.Paint, AgainAt = null, Collected = nodes };
                outbox.Emit(new RingEvent.Collected(nodes));
                break;
            case (RingMessage.Color color, RingPhase.Leading { Round: RingRound.Color } leading)
                when color.Colouring.Version == colouring.Version:
                phase = leading with { Round = RingRound.None, AgainAt = null };
                outbox.Emit(new RingEvent.Settled());
                AnnounceIfMissed(now);
                break;
            default:
                break;
        }
    }

    // Once round; in a ring of one it is home at once.
    private void Circulate(Instant now, RingMessage message, RingOutbox outbox)
    {
        if (view.Count == 1)
            Home(now, message, outbox);
        else
            link.Add(now, message, outbox);
    }

    private void Pass(Instant now, RingMessage message, RingOutbox outbox) =>
        link.Add(now, message with { Sender = Id, Hops = message.Hops + 1 }, outbox);

    private void SendAgain(Instant now, RingOutbox outbox)
    {
        switch (phase)
        {
            case RingPhase.Standing:
                Stand(now, outbox);
                break;
            case RingPhase.Leading { Round: RingRound.Leader }:
                Announce(now, outbox);
                break;
            case RingPhase.Leading { Round: RingRound.Collect } leading:
                Collect(now, leading, outbox);
                break;
            case RingPhase.Leading { Round: RingRound.Color }:
                Paint(now, colouring, outbox);
                break;
            default:
                break;
        }
    }

    private void Collect(Instant now, RingPhase.Leading leading, RingOutbox outbox) =>
        Begin(now, leading, RingRound.Collect, new RingMessage.Collect(Id, Id, 0, leading.Term, [Id]), outbox);

    private void Begin(Instant now, RingPhase.Leading leading, RingRound round, RingMessage message, RingOutbox outbox)
    {
        phase = leading with { Round = round, AgainAt = now + settings.RoundPatience };
        Circulate(now, message, outbox);
    }

    private void AnnounceSoon(Instant now, RingPhase.Leading leading)
    {
        var earliest = leading.AnnouncedAt + settings.AnnouncePause;
        phase = leading with { AnnounceAt = leading.AnnounceAt ?? (earliest > now ? earliest : now) };
    }

    // Somebody is in the ring whom COLLECT has not met: a newcomer, or one whom its neighbour could not reach; or who is
    // gone is to be coloured for.
    private void AnnounceIfMissed(Instant now)
    {
        if (phase is RingPhase.Leading { Collected: { } collected } leading
            && !(view.All.Count == collected.Count && view.HasAll(collected)))
        {
            AnnounceSoon(now, leading);
        }
    }

    private void Hear(Term term, RingOutbox outbox)
    {
        var isNews = phase is not RingPhase.Following following || following.Term != term;
        Follow(term);
        if (isNews)
            outbox.Emit(new RingEvent.Heard(term));
    }

    private void Follow(Term term)
    {
        known = term;
        phase = new RingPhase.Following(term, StoodAt: null);
        WithdrawOwn();
    }

    private void Take(Colouring other, RingOutbox outbox)
    {
        if ((other.Term, other.Version) == (colouring.Term, colouring.Version))
            return;
        colouring = other;
        outbox.Emit(new RingEvent.Coloured(other));
    }

    private bool IsCurrent(Colouring other) =>
        other.Term > colouring.Term || (other.Term == colouring.Term && other.Version >= colouring.Version);

    private void WithdrawOwn() => link.Withdraw(message => message.Origin == Id);
}
