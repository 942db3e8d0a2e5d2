using Roj.Kernel;
using Roj.Token.Wire;

namespace Roj.Token;

/// <summary>A node's part in passing one token round: what both modes have in common.</summary>
/// <remarks>
/// <para>By which right a node is owner is what tells the modes apart: in <see cref="FreePassing"/> it has the token, in
/// <see cref="LeasedPassing"/> it has the lease of the token's register.</para>
/// <para>One caller. After each input the outbox is drained in order: what stands behind a <see cref="TokenEffect.Keep"/> waits until that
/// is durable.</para>
/// </remarks>
public abstract class TokenPassing
{
    private readonly TokenSettings settings;
    private IReadOnlyList<NodeId> others = [];
    private Instant saidAt;
    private bool hasSaid;
    private int tried; // passing: of the others, who could not be reached

    private protected TokenPassing(TokenSettings settings, TokenMemory memory)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(memory);
        (this.settings, Memory) = (settings, memory);
    }

    /// <summary>What it knows and must not forget.</summary>
    public TokenMemory Memory { get; }

    /// <summary>How it stands.</summary>
    public TokenState State { get; private protected set; }

    /// <summary>The token that it holds, or is passing; none if it does neither.</summary>
    public TokenStamp Own { get; private protected set; }

    /// <summary>Whom it is passing the token to; null while it passes none.</summary>
    public NodeId? To { get; private protected set; }

    /// <summary>Who held the token when it was heard of last, maybe this node; null for nobody yet.</summary>
    public NodeId? Holder { get; private set; }

    /// <summary>The token as it was heard of last.</summary>
    public TokenStamp Seen { get; private set; }

    /// <summary>When <see cref="Tick"/> is next due; null for never.</summary>
    public abstract Instant? Deadline { get; }

    private protected TokenSettings Settings => settings;

    private protected NodeId Self => settings.Self;

    private protected IReadOnlyList<NodeId> Others => others;

    private protected bool IsLeaving { get; private set; }

    // Owner: when the others are told next.
    private protected Instant BeatAt => hasSaid ? saidAt + settings.Heartbeat : saidAt;

    // What was said last while it passes the token or asks: when that is said again.
    private protected Instant AgainAt { get; set; }

    private protected int Tries { get; set; }

    // Of the token, from whomever.
    private protected Instant HeardAt { get; set; }

    /// <summary>Begins: call once, first.</summary>
    public abstract void Start(Instant now, TokenOutbox outbox);

    /// <summary>Who takes part beside this node, in the order of the ring, beginning behind this node.</summary>
    public void Meet(Instant now, IReadOnlyList<NodeId> ring, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(outbox);
        var isNew = ring.Any(node => !others.Contains(node));
        (others, tried) = (ring, 0);
        WakeUp(now, outbox);
        if (State is TokenState.Passing && To is { } to && !ring.Contains(to))
            Gone(now, to, outbox);
        if (isNew && State is TokenState.Owner)
            Say(now, outbox, isUrgent: true);
        else if (isNew)
            Met(now, outbox);
    }

    /// <summary>Another node says something about this token.</summary>
    public void Receive(Instant now, NodeId from, TokenMessage message, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (StampOf(message) is { } stamp)
        {
            if (!Memory.Believes(stamp, settings.ProgressLeapMax))
            {
                outbox.Emit(new TokenEvent.Step($"{from.ToString()[..8]} says what can't be so of a token: {stamp}"));
                return;
            }

            if (message is not (TokenMessage.Generating or TokenMessage.Taken))
                Memory.Hear(stamp);
        }

        Hear(now, from, message, outbox);
    }

    /// <summary>The work has got further.</summary>
    /// <param name="now">The time.</param>
    /// <param name="under">The token that it was done under.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="data">The result so far.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    /// <returns>Whether it counts: whether this node is still owner, by the same turn, and progress has not fallen.</returns>
    public bool Worked(Instant now, TokenStamp under, ulong progress, ReadOnlyMemory<byte> data, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (State is not TokenState.Owner || Own.Turn != under.Turn || !Own.IsOf(under) || progress < Own.Progress
            || progress > TokenStamp.NumberMax)
        {
            outbox.Emit(new TokenEvent.Dropped(under with { Progress = progress }, Seen, "its turn was over before it was done"));
            return false;
        }

        Own = Own with { Progress = progress };
        Sight(now, Self, Own, outbox);
        Memory.Learn(Own, data);
        outbox.Do(new TokenEffect.KeepSoon());
        return true;
    }

    /// <summary>The turn is over: the token goes to the next node that can be reached; alone, it is this node's turn again.</summary>
    public void PassOn(Instant now, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (State is not TokenState.Owner)
            return;
        tried = 0;
        GiveNext(now, outbox);
    }

    /// <summary>The token that is given may not have arrived: there was no connection, or it has ended. Only that, of this turn: what
    /// became of an answer, or of an earlier turn, says nothing of it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="to">To whom it is given.</param>
    /// <param name="isSent">Whether any of it may have got there.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Undelivered(Instant now, NodeId to, bool isSent, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (State is TokenState.Passing && To == to)
            NotGiven(now, isSent, outbox);
    }

    /// <summary>The node is about to go: it hands the token on, and takes none any more.</summary>
    public void Leave(Instant now, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        IsLeaving = true;
        if (State is TokenState.Owner && others.Count > 0)
            PassOn(now, outbox);
        else
            GoAway(outbox);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, TokenOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        WakeUp(now, outbox);
        if (State is TokenState.Owner && BeatAt <= now)
            Say(now, outbox, isUrgent: false);
        Due(now, outbox);
    }

    private protected abstract void WakeUp(Instant now, TokenOutbox outbox);

    // Somebody is new here, to whom nothing has been said yet.
    private protected abstract void Met(Instant now, TokenOutbox outbox);

    private protected abstract void Hear(Instant now, NodeId from, TokenMessage message, TokenOutbox outbox);

    private protected abstract void Due(Instant now, TokenOutbox outbox);

    // Whom the token was given to is not here any more.
    private protected abstract void Gone(Instant now, NodeId to, TokenOutbox outbox);

    private protected abstract void NotGiven(Instant now, bool isSent, TokenOutbox outbox);

    private protected virtual void GoAway(TokenOutbox outbox)
    {
    }

    // Who was given it did not get it: the one after him, and after the last it is this node's turn again.
    private protected void GiveNext(Instant now, TokenOutbox outbox)
    {
        var next = Own with { Sequence = Own.Sequence + 1 };
        if (tried >= others.Count)
        {
            To = null;
            Hold(now, next, outbox);
            return;
        }

        (State, To, Own, Tries, AgainAt) = (TokenState.Passing, others[tried++], next, 0, now + settings.PassPatience);
        outbox.Send(To.Value, new TokenMessage.Take(next, Memory.Data));
    }

    // He may have it, and may not: nobody else is asked. The same twice does no harm.
    private protected void GiveAgain(Instant now, TokenOutbox outbox)
    {
        AgainAt = now + (settings.PassPatience * (1 << Math.Min(++Tries, 4)));
        outbox.Send(To!.Value, new TokenMessage.Take(Own, Memory.Data));
    }

    // This node's turn begins; who gave it that is answered once it is kept.
    private protected void Hold(Instant now, TokenStamp stamp, TokenOutbox outbox, (NodeId Giver, TokenMessage Answer)? to = null)
    {
        (State, Own, To) = (TokenState.Owner, stamp, null);
        Memory.Give(stamp);
        Memory.Learn(stamp, Memory.Data);
        Keep(outbox);
        if (to is var (giver, answer))
            outbox.Send(giver, answer);
        Say(now, outbox, isUrgent: false);
        Sight(now, Self, stamp, outbox);
        outbox.Emit(new TokenEvent.Held(stamp, Memory.Data));
        if (IsLeaving && others.Count > 0)
            PassOn(now, outbox);
    }

    // It is owner no more, and did not pass the token on.
    private protected void Lose(TokenStamp by, string why, TokenOutbox outbox)
    {
        if (State is TokenState.Owner or TokenState.Doubting)
        {
            outbox.Emit(new TokenEvent.Lost(Own, why));
            if (!by.IsNone && !by.IsOf(Own))
                outbox.Emit(new TokenEvent.Dropped(Own, by, why));
        }

        (Own, To) = (default, null);
    }

    private protected void Keep(TokenOutbox outbox) =>
        outbox.Do(settings.SavesFirst ? new TokenEffect.Keep() : new TokenEffect.KeepSoon());

    // At most once a heartbeat, however fast the token moves; who is new hears it at once.
    private protected void Say(Instant now, TokenOutbox outbox, bool isUrgent)
    {
        if (!isUrgent && hasSaid && now < BeatAt)
            return;
        (saidAt, hasSaid) = (now, true);
        SayAll(new TokenMessage.Here(Own), outbox);
    }

    private protected void SayAll(TokenMessage message, TokenOutbox outbox)
    {
        foreach (var other in others)
            outbox.Send(other, message);
    }

    private protected void Sight(Instant now, NodeId holder, TokenStamp stamp, TokenOutbox outbox)
    {
        var isOther = Holder != holder;
        (Holder, Seen, HeardAt) = (holder, stamp, now);
        if (isOther)
            outbox.Emit(new TokenEvent.Seen(holder, stamp));
    }

    private static TokenStamp? StampOf(TokenMessage message) => message switch
    {
        TokenMessage.Here(var stamp) => stamp,
        TokenMessage.Generating(var candidate) => candidate,
        TokenMessage.Take(var stamp, _) => stamp,
        TokenMessage.Taken(var stamp, _) => stamp,
        TokenMessage.Yours(var stamp, _) => stamp,
        TokenMessage.Fetched(var stamp, _) => stamp.IsNone ? null : stamp,
        TokenMessage.Refused(_, var known) => known.IsNone ? null : known,
        _ => null,
    };
}
