using Roj.Kernel;
using Roj.Token.Wire;

namespace Roj.Token;

/// <summary>Passes a token in <c>quorum</c> mode: whoever holds the lease of the token's register is its owner. There are never two, and
/// none is made but by a change of the register.</summary>
/// <remarks>What is given to the next node is an offer; the turn goes over with the lease, in one change of the register, once he has kept
/// what he was given. Who may not be reached costs nothing: while the lease is its own, an owner may offer to another.</remarks>
public sealed class LeasedPassing(TokenSettings settings, TokenMemory memory) : TokenPassing(settings, memory)
{
    // Claims that are made at one moment hinder each other for longer than that.
    private static readonly TimeSpan TurnToClaim = TimeSpan.FromMilliseconds(100);

    private readonly SortedSet<NodeId> answered = [];
    private (TokenStamp Stamp, NodeId Giver, Instant Since)? offer;
    private bool isHanding; // passing: he has kept it, and the register is being changed
    private ulong granted;
    private TokenStamp written; // fetching: what the register says was given last
    private Instant fetchUntil;

    /// <inheritdoc/>
    public override Instant? Deadline => State switch
    {
        TokenState.Owner => BeatAt,
        TokenState.Passing when !isHanding => AgainAt,
        TokenState.Waiter when !IsLeaving => HeardAt + Patience,
        TokenState.Fetching => fetchUntil,
        _ => null,
    };

    /// <inheritdoc/>
    public override void Start(Instant now, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        Wait(now);
        HeardAt = now + Settings.Heartbeat - Patience; // who has it says so within a heartbeat
    }

    /// <summary>The lease is this node's.</summary>
    /// <param name="now">The time.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="header">What the register says was handed over last; none if nothing was yet.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Granted(Instant now, ulong epoch, TokenStamp header, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (!Own.IsNone && epoch <= Own.Epoch && !isHanding)
            return; // the one that was handed over to it meanwhile
        if (isHanding || (IsLeaving && State is TokenState.Waiter or TokenState.Claiming))
        {
            outbox.Do(new TokenEffect.Release());
            if (!isHanding)
                Wait(now);
            return;
        }

        if (State is TokenState.Owner or TokenState.Passing)
        {
            // It was handed over to this node, which had claimed it before: what is done from now on stands above what was.
            (granted, written) = (epoch, Memory.Best);
            Lose(default, "its lease has another epoch", outbox);
            Make(now, outbox);
            return;
        }

        outbox.Emit(new TokenEvent.Step($"has the lease, epoch {epoch}"));
        (granted, written) = (epoch, header);
        // Where something was handed over, more than one turn's work would be lost with who does not answer.
        (State, fetchUntil) = (TokenState.Fetching, now + (Settings.Heartbeat * (header.IsNone ? 1 : 2)));
        answered.Clear();
        if (IsEnough)
            Make(now, outbox);
        else
            SayAll(new TokenMessage.Fetch(Memory.Best), outbox);
    }

    /// <summary>The lease was not to be had.</summary>
    public void Denied(Instant now, string why, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (State is not TokenState.Claiming)
            return;
        outbox.Emit(new TokenEvent.Step($"did not get the lease: {why}"));
        Wait(now);
        HeardAt = now + (2 * Settings.Heartbeat) - Patience; // whoever got it says so by then, and has offered it to others
    }

    /// <summary>The lease is over.</summary>
    public void Lapsed(Instant now, ulong epoch, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (State is TokenState.Fetching ? granted != epoch : Own.Epoch != epoch || isHanding)
            return;
        Lose(default, "its lease is over", outbox);
        Wait(now);
    }

    /// <summary>Nobody has the lease, as far as this node's acceptor knows.</summary>
    public void Vacant(Instant now, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (State is not TokenState.Waiter || IsLeaving)
            return;
        var due = now + (TurnToClaim * RankToClaim()) - Patience;
        HeardAt = due < HeardAt ? due : HeardAt;
        Due(now, outbox);
    }

    /// <summary>The change that hands the lease over has ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isDone">Whether it was made, as far as is known: if not, the lease is nobody's before long.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Handed(Instant now, bool isDone, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (!isHanding)
            return;
        var (stamp, to) = (Own, To!.Value);
        Wait(now);
        if (!isDone)
        {
            outbox.Emit(new TokenEvent.Step("does not know whether the lease was handed over"));
            return;
        }

        outbox.Send(to, new TokenMessage.Yours(stamp, Settings.Lease));
        Sight(now, to, stamp, outbox);
        outbox.Emit(new TokenEvent.Passed(stamp, to));
    }

    /// <summary>The lease that was handed over was taken, or is over already.</summary>
    public void TakenOver(Instant now, bool isHeld, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (offer is not var (stamp, _, _) || State is TokenState.Owner or TokenState.Passing)
            return;
        offer = null;
        if (isHeld)
            Hold(now, stamp, outbox);
    }

    private protected override void WakeUp(Instant now, TokenOutbox outbox)
    {
        // That is the lease's matter.
    }

    private protected override void Met(Instant now, TokenOutbox outbox)
    {
    }

    private protected override void Due(Instant now, TokenOutbox outbox)
    {
        if (State is TokenState.Waiter && !IsLeaving && HeardAt + Patience <= now)
            Claim("nobody is heard to have the token", outbox);
        else if (State is TokenState.Passing && !isHanding && AgainAt <= now)
            Give(now, outbox);
        else if (State is TokenState.Fetching && fetchUntil <= now)
            Make(now, outbox);
    }

    private protected override void Gone(Instant now, NodeId to, TokenOutbox outbox) => NotGiven(now, isSent: false, outbox);

    private protected override void NotGiven(Instant now, bool isSent, TokenOutbox outbox)
    {
        if (!isHanding)
            Give(now, outbox);
    }

    private protected override void GoAway(TokenOutbox outbox)
    {
        if (State is not (TokenState.Owner or TokenState.Fetching))
            return;
        Lose(default, "the node goes", outbox);
        (State, Own) = (TokenState.Waiter, default);
        outbox.Do(new TokenEffect.Release());
    }

    private protected override void Hear(Instant now, NodeId from, TokenMessage message, TokenOutbox outbox)
    {
        switch (message)
        {
            case TokenMessage.Here(var stamp):
                HearHere(now, from, stamp, outbox);
                break;
            case TokenMessage.Where when State is TokenState.Owner:
                outbox.Send(from, new TokenMessage.Here(Own));
                break;
            case TokenMessage.Take(var stamp, var data):
                HearTake(now, from, stamp, data, outbox);
                break;
            case TokenMessage.Taken(var stamp, var boot) when IsGiven(from, stamp) && !isHanding:
                isHanding = true;
                outbox.Do(new TokenEffect.Hand(from, boot, Own));
                break;
            case TokenMessage.Refused(var stamp, _) when IsGiven(from, stamp) && !isHanding:
                Give(now, outbox);
                break;
            case TokenMessage.Yours(var stamp, var lease) when offer is var (offered, _, since) && offered == stamp:
                if (State is TokenState.Waiter)
                    outbox.Do(new TokenEffect.TakeOver(stamp.Epoch, lease, since));
                break;
            case TokenMessage.Fetch(var than):
                HeardAt = now; // it has the lease
                var isBetter = than.IsNone ? Memory.Best.Progress > 0 : Memory.Best.AgainstLeased(than) > 0;
                outbox.Send(from, new TokenMessage.Fetched(isBetter ? Memory.Best : default, isBetter ? Memory.Data : default));
                break;
            case TokenMessage.Fetched(var stamp, var data) when State is TokenState.Fetching:
                Fetched(now, from, stamp, data, outbox);
                break;
        }
    }

    private bool IsGiven(NodeId from, TokenStamp stamp) => State is TokenState.Passing && To == from && stamp.Turn == Own.Turn;

    // Who was heard last may have renewed its lease until just before it would have been heard again: before that is over to claim it is in
    // vain, and whoever votes is told of its end.
    private TimeSpan Patience => Settings.Lease + Settings.Heartbeat;

    // What the register says was given last is known here, or to nobody who is here. If nothing was given yet, all that whoever let the
    // lease lapse could tell is what it did in its own turn.
    private bool IsEnough => written.IsNone
        ? Others.All(node => node == Holder || answered.Contains(node))
        : Others.All(answered.Contains) || Memory.Best.Turn.CompareTo(written.Turn) >= 0;

    private void HearHere(Instant now, NodeId from, TokenStamp stamp, TokenOutbox outbox)
    {
        if (stamp.Epoch < Memory.Epoch)
        {
            if (State is TokenState.Owner)
                outbox.Send(from, new TokenMessage.Here(Own));
            return; // of a token that is destroyed
        }

        if (State is TokenState.Owner or TokenState.Passing or TokenState.Fetching)
        {
            if (stamp.Epoch <= Math.Max(Own.Epoch, granted))
                return; // of an earlier turn
            Lose(stamp, "a token of a later epoch is here", outbox);
            Wait(now);
        }

        if (stamp.AgainstLeased(Seen) >= 0) // else it was said before, and comes late
            Sight(now, from, stamp, outbox);
    }

    private void HearTake(Instant now, NodeId from, TokenStamp stamp, ReadOnlyMemory<byte> data, TokenOutbox outbox)
    {
        if (offer is var (offered, giver, _) && offered == stamp && giver == from)
        {
            outbox.Send(from, new TokenMessage.Taken(stamp, Settings.Boot));
            return;
        }

        // Who has claimed the lease has it by its own claim as soon as it is handed over, under another epoch: it takes no offer meanwhile.
        var isWanted = !IsLeaving && State is TokenState.Waiter
            && stamp.Epoch >= Memory.Epoch && stamp.Turn.CompareTo(Memory.Best.Turn) > 0;
        if (!isWanted)
        {
            outbox.Send(from, new TokenMessage.Refused(stamp, Memory.Best));
            return;
        }

        if (Memory.Best.Progress > stamp.Progress)
            outbox.Emit(new TokenEvent.Dropped(Memory.Best, stamp, "the token of a later epoch does not build on it"));
        Memory.Learn(stamp, data);
        Keep(outbox);
        outbox.Send(from, new TokenMessage.Taken(stamp, Settings.Boot));
        // Whose change of the register ends without an answer says nothing more, and the lease may be this node's without its knowing: then
        // nobody but this node can claim it before it is over.
        (offer, HeardAt) = ((stamp, from, now), now + (2 * Settings.Heartbeat) - Patience);
    }

    private void Fetched(Instant now, NodeId from, TokenStamp stamp, ReadOnlyMemory<byte> data, TokenOutbox outbox)
    {
        answered.Add(from);
        // Before anything was handed over under a lease, what is there is of available mode, and the most is best.
        var isBetter = written.IsNone ? stamp.AgainstFree(Memory.Best) > 0 : stamp.AgainstLeased(Memory.Best) > 0;
        if (isBetter && stamp.Epoch <= Memory.Epoch)
            Memory.Learn(stamp, data);
        if (IsEnough)
            Make(now, outbox);
    }

    // The next one behind who had it claims first, and the others one after another, if he does not say that he has it.
    private int RankToClaim()
    {
        var behind = Holder is not { } holder ? 0
            : Others.Contains(holder) ? Others.SkipWhile(node => node != holder).Count() - 1
            : Others.Count(node => node < Self); // he is gone: any order does
        return Math.Min(behind, (int)(Settings.Heartbeat / TurnToClaim));
    }

    private void Claim(string why, TokenOutbox outbox)
    {
        State = TokenState.Claiming;
        outbox.Emit(new TokenEvent.Step($"{why}: claims it"));
        outbox.Do(new TokenEffect.Claim(Settings.Heartbeat));
    }

    private void Make(Instant now, TokenOutbox outbox)
    {
        var stamp = new TokenStamp(granted, 1, Memory.Best.Progress, Self, Memory.Revision + 1);
        if (Memory.Best.Turn.CompareTo(written.Turn) < 0)
            outbox.Emit(new TokenEvent.Dropped(written, stamp, "nobody who is here has what was done last"));
        Memory.Make(stamp);
        Hold(now, stamp, outbox);
    }

    private void Give(Instant now, TokenOutbox outbox)
    {
        GiveNext(now, outbox);
        AgainAt = now + (4 * Settings.PassPatience); // who is slow is no news, and who is gone is told of
    }

    private void Wait(Instant now)
    {
        (State, Own, To, HeardAt) = (TokenState.Waiter, default, null, now);
        (isHanding, granted) = (false, 0);
    }
}
