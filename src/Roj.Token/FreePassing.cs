using Roj.Kernel;
using Roj.Token.Wire;

namespace Roj.Token;

/// <summary>Passes a token in <c>available</c> mode, as in the seed: whoever has the token is its owner, a lost one is made anew by who
/// misses it, and of two that meet the weaker is destroyed.</summary>
public sealed class FreePassing(TokenSettings settings, TokenMemory memory) : TokenPassing(settings, memory)
{
    private const string ReceiverGone = "who was given the token is gone";

    private Instant answeredAt; // loser, generating, doubting: since when nobody has said anything to the contrary
    private Instant lookedAt;
    private TokenStamp candidate;

    /// <inheritdoc/>
    /// <remarks>In between it only looks at the clock: else it would take its own waiting for having stood still.</remarks>
    public override Instant? Deadline => Instant.Earliest(lookedAt + Settings.StandstillMax, State switch
    {
        TokenState.Owner => BeatAt,
        TokenState.Passing => AgainAt,
        TokenState.Waiter => HeardAt + Settings.WaiterTimeout,
        TokenState.Doubting => answeredAt + Settings.Heartbeat,
        TokenState.Loser => Instant.Earliest(AgainAt, answeredAt + Settings.AnswerTimeout),
        _ => Instant.Earliest(AgainAt, answeredAt + Settings.GeneratingTimeout),
    });

    private bool IsReceiverGone => !Others.Contains(To!.Value);

    /// <inheritdoc/>
    public override void Start(Instant now, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        lookedAt = now;
        Miss(now, outbox);
    }

    // Who stood still does not know what was decided meanwhile: before anything that it did counts, it hears the others.
    private protected override void WakeUp(Instant now, TokenOutbox outbox)
    {
        var stoodStill = now - lookedAt > Settings.StandstillMax + Settings.Heartbeat;
        lookedAt = now;
        if (!stoodStill)
            return;
        (HeardAt, answeredAt) = (now, now); // nor did it hear what was said to it
        if (State is not TokenState.Owner || Others.Count == 0)
            return;
        State = TokenState.Doubting;
        outbox.Emit(new TokenEvent.Lost(Own, "this node stood still"));
        SayAll(new TokenMessage.Here(Own), outbox);
    }

    private protected override void Met(Instant now, TokenOutbox outbox)
    {
        if (State is TokenState.Loser)
            SayAll(new TokenMessage.Where(), outbox);
    }

    // Whether any of it has got there may not be known yet.
    private protected override void Gone(Instant now, NodeId to, TokenOutbox outbox)
    {
        if (Tries > 0)
            Forgo(now, ReceiverGone, outbox);
    }

    private protected override void NotGiven(Instant now, bool isSent, TokenOutbox outbox)
    {
        if (!isSent && Tries == 0)
            GiveNext(now, outbox);
        else if (IsReceiverGone)
            Forgo(now, ReceiverGone, outbox);
        else
            (Tries, AgainAt) = (Math.Max(1, Tries), now + Settings.Heartbeat);
    }

    private protected override void Due(Instant now, TokenOutbox outbox)
    {
        switch (State)
        {
            case TokenState.Passing when AgainAt <= now && IsReceiverGone:
                Forgo(now, ReceiverGone, outbox);
                break;
            case TokenState.Passing when AgainAt <= now:
                GiveAgain(now, outbox);
                break;
            case TokenState.Waiter when HeardAt + Settings.WaiterTimeout <= now:
                Miss(now, outbox);
                break;
            case TokenState.Doubting when answeredAt + Settings.Heartbeat <= now:
                Hold(now, Own with { Sequence = Own.Sequence + 1 }, outbox);
                break;
            case TokenState.Loser when answeredAt + Settings.AnswerTimeout <= now:
                Offer(now, outbox);
                break;
            case TokenState.Generating when answeredAt + Settings.GeneratingTimeout <= now:
                Memory.Make(candidate);
                Hold(now, candidate, outbox);
                break;
            case TokenState.Loser when AgainAt <= now:
                AgainAt = now + Settings.AskTimeout;
                SayAll(new TokenMessage.Where(), outbox);
                break;
            case TokenState.Generating when AgainAt <= now:
                AgainAt = now + Settings.AskTimeout;
                SayAll(new TokenMessage.Generating(candidate), outbox);
                break;
        }
    }

    private protected override void Hear(Instant now, NodeId from, TokenMessage message, TokenOutbox outbox)
    {
        switch (message)
        {
            case TokenMessage.Here(var stamp):
                HearHere(now, from, stamp, outbox);
                break;
            case TokenMessage.Where when State is TokenState.Owner or TokenState.Doubting:
                outbox.Send(from, new TokenMessage.Here(Own));
                break;
            case TokenMessage.Where when State is TokenState.Waiter or TokenState.Passing && now < HeardAt + Settings.WaiterTimeout:
                outbox.Send(from, new TokenMessage.Recently());
                break;
            case TokenMessage.Recently when State is TokenState.Loser:
                (answeredAt, AgainAt) = (now, now + Settings.AskTimeout);
                break;
            case TokenMessage.Generating(var its):
                HearGenerating(now, from, its, outbox);
                break;
            case TokenMessage.Take(var stamp, var data):
                HearTake(now, from, stamp, data, outbox);
                break;
            case TokenMessage.Taken(var stamp, _) when IsGiven(from, stamp):
                Sight(now, from, Own, outbox);
                outbox.Emit(new TokenEvent.Passed(Own, from));
                Own = default;
                Wait(now);
                break;
            case TokenMessage.Refused(var stamp, var known) when IsGiven(from, stamp):
                outbox.Emit(new TokenEvent.Dropped(Own, known, "the one that it was given to knows a stronger one"));
                Forgo(now, "the one that it was given to knows a stronger one", outbox);
                break;
        }
    }

    private bool IsGiven(NodeId from, TokenStamp stamp) =>
        State is TokenState.Passing && To == from && stamp.Turn == Own.Turn && stamp.IsOf(Own);

    private void HearHere(Instant now, NodeId from, TokenStamp stamp, TokenOutbox outbox)
    {
        switch (State)
        {
            case TokenState.Owner or TokenState.Doubting when stamp.AgainstFree(Own) <= 0:
                if (stamp.Epoch >= Own.Epoch && !stamp.IsOf(Own))
                    Rise(now, outbox);
                outbox.Send(from, new TokenMessage.Here(Own));
                Say(now, outbox, isUrgent: false);
                break;
            case TokenState.Passing when stamp.IsOf(Own) ? stamp.Turn.CompareTo(Own.Turn) < 0 : stamp.AgainstFree(Own) <= 0:
                break; // it was said before, or whoever has the token says so to him
            case TokenState.Waiter or TokenState.Loser or TokenState.Generating when IsOld(stamp):
                break;
            default:
                Sight(now, from, stamp, outbox);
                Lose(stamp, "a stronger token is here", outbox);
                Wait(now);
                break;
        }
    }

    // A weaker token is destroyed that had as high an epoch: what is done under this one from now on stands above all that was done under
    // that.
    private void Rise(Instant now, TokenOutbox outbox)
    {
        var above = Own with { Epoch = Memory.Epoch + 1, Sequence = 1 };
        if (State is TokenState.Owner)
        {
            outbox.Emit(new TokenEvent.Lost(Own, "its turn begins again above a weaker token's"));
            Hold(now, above, outbox);
        }
        else
        {
            Own = above;
            Memory.Hear(above);
        }
    }

    // It was said before what was heard already, and came late.
    private bool IsOld(TokenStamp stamp) => stamp.IsOf(Seen) && (stamp.Turn, stamp.Progress).CompareTo((Seen.Turn, Seen.Progress)) < 0;

    private void HearGenerating(Instant now, NodeId from, TokenStamp its, TokenOutbox outbox)
    {
        if (State is TokenState.Owner or TokenState.Doubting)
        {
            outbox.Send(from, new TokenMessage.Here(Own));
            Say(now, outbox, isUrgent: false);
        }
        else if (State is TokenState.Loser or TokenState.Generating)
        {
            var mine = State is TokenState.Generating ? candidate : Memory.Candidate(Self);
            if (its.AgainstFree(mine) > 0)
                (State, answeredAt, AgainAt) = (TokenState.Loser, now, now + Settings.AskTimeout);
            else if (State is TokenState.Loser)
                Offer(now, outbox);
            else
                outbox.Send(from, new TokenMessage.Generating(candidate));
        }
    }

    private void HearTake(Instant now, NodeId from, TokenStamp stamp, ReadOnlyMemory<byte> data, TokenOutbox outbox)
    {
        if (Memory.HasHad(stamp))
        {
            outbox.Send(from, new TokenMessage.Taken(stamp, Settings.Boot)); // the answer was lost, or is on its way
            return;
        }

        var isHolder = State is TokenState.Owner or TokenState.Doubting || (State is TokenState.Passing && !stamp.IsOf(Own));
        if (isHolder && stamp.AgainstFree(Own) < 0)
        {
            outbox.Send(from, new TokenMessage.Refused(stamp, Own));
            return;
        }

        Lose(stamp, "a stronger token has come", outbox);
        // What this node did last may be further than what it is given: whoever took the token from it was never heard of again.
        if (stamp.Progress >= Memory.Best.Progress)
            Memory.Learn(stamp, data);
        var isBelow = stamp.Epoch < Memory.Epoch || Memory.HasHadAbove(stamp);
        Memory.Give(stamp); // whatever becomes of it: this turn was had
        var above = isBelow ? stamp with { Epoch = Memory.Epoch + 1, Sequence = 1 } : stamp;
        var answer = new TokenMessage.Taken(stamp, Settings.Boot);
        Hold(now, above with { Progress = Memory.Best.Progress }, outbox, (from, answer));
    }

    private void Forgo(Instant now, string why, TokenOutbox outbox)
    {
        Lose(default, why, outbox);
        outbox.Emit(new TokenEvent.Step(why));
        Wait(now);
    }

    private void Wait(Instant now) => (State, To, HeardAt) = (TokenState.Waiter, null, now);

    private void Miss(Instant now, TokenOutbox outbox)
    {
        (State, answeredAt, AgainAt) = (TokenState.Loser, now, now + Settings.AskTimeout);
        outbox.Emit(new TokenEvent.Step("has lost sight of the token, and asks where it is"));
        SayAll(new TokenMessage.Where(), outbox);
    }

    private void Offer(Instant now, TokenOutbox outbox)
    {
        candidate = Memory.Candidate(Self);
        (State, answeredAt, AgainAt) = (TokenState.Generating, now, now + Settings.AskTimeout);
        outbox.Emit(new TokenEvent.Step("offers to make a new token"));
        SayAll(new TokenMessage.Generating(candidate), outbox);
    }
}
