namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule of passing a token left out once (token.md, invariants 1 to 6; T1 to T7).</summary>
internal static class TokenMutants
{
    private const string Passing = "Roj.Token/TokenPassing.cs";
    private const string FreeOnly = "Roj.Token/FreePassing.cs";
    private const string LeasedOnly = "Roj.Token/LeasedPassing.cs";
    private const string Memory = "Roj.Token/TokenMemory.cs";

    /// <summary>Of available mode.</summary>
    public static IReadOnlyList<Mutant> Free { get; } =
    [
        new("a turn is had twice", Memory, "return turn.Turn.CompareTo(stamp.Turn) >= 0;", "return turn.Turn.CompareTo(stamp.Turn) > 0;", Seeds: 500),
        new("which turns were had is not remembered", Memory, "turns.Add(stamp);", "Hear(stamp);", Seeds: 500),
        new("it is said before it is kept", Passing, "settings.SavesFirst ?", "!settings.SavesFirst ?", Seeds: 500),
        new(
            "an owner gives way to nobody",
            FreeOnly,
            "case TokenState.Owner or TokenState.Doubting when stamp.AgainstFree(Own) <= 0:",
            "case TokenState.Owner or TokenState.Doubting when stamp.AgainstFree(Own) < int.MaxValue:",
            Seeds: 500),
        new("what was sent is given to another", FreeOnly, "if (!isSent && Tries == 0)", "if (Tries == 0)", Seeds: 500),
        new(
            "better data of one's own is forgotten",
            FreeOnly,
            "if (stamp.Progress >= Memory.Best.Progress)",
            "if (stamp.Progress <= TokenStamp.NumberMax)",
            Seeds: 500),
        new("no token rises above another", FreeOnly, "var isBelow = stamp.Epoch < Memory.Epoch ||", "var isBelow = stamp.IsNone &&", Seeds: 500),
        new("no token rises above another of its epoch", FreeOnly, " || Memory.HasHadAbove(stamp);", ";", Seeds: 500),
        new(
            "a standstill is not noticed",
            FreeOnly,
            "var stoodStill = now - lookedAt > Settings.StandstillMax + Settings.Heartbeat;",
            "var stoodStill = now < lookedAt;",
            Seeds: 500),
        new("what comes late is news", FreeOnly, "when IsOld(stamp):", "when stamp.IsNone:", Seeds: 500),
        new(
            "who leaves keeps it",
            Passing,
            "if (State is TokenState.Owner && others.Count > 0)",
            "if (State is TokenState.Owner && others.Count == int.MaxValue)",
            Seeds: 500),
        new("the next one is passed over", Passing, "others[tried++]", "others[(others.Count - 1 + tried++) % others.Count / 2 * 2]", Seeds: 500),
        new("a new token has an epoch that was there", Memory, "new(Epoch + 1, 1, Best", "new(Math.Max(1, Epoch), 1, Best", Seeds: 500),
        new("two tokens of one node have the same number", Memory, "self, Revision + 1)", "self, Revision)", Seeds: 500),
        new("it goes without the result", Passing, "new TokenMessage.Take(next, Memory.Data)", "new TokenMessage.Take(next, default)", Seeds: 500),
        new(
            "who has gone is not passed over",
            FreeOnly,
            "        if (Tries > 0)\n            Forgo(now, ReceiverGone, outbox);",
            "        Forgo(now, ReceiverGone, outbox);",
            Seeds: 5000),
    ];

    /// <summary>Of quorum mode.</summary>
    public static IReadOnlyList<Mutant> Leased { get; } =
    [
        new(
            "an owner goes on after its lease",
            LeasedOnly,
            "Own.Epoch != epoch || isHanding)",
            "Own.Epoch != epoch || isHanding || State is TokenState.Owner)",
            Seeds: 500),
        new(
            "an offer is a turn",
            LeasedOnly,
            "(offer, HeardAt) = ((stamp, from, now), now);",
            "Hold(now, stamp, outbox);",
            Seeds: 500),
        new(
            "the turn goes over without the lease",
            LeasedOnly,
            "outbox.Do(new TokenEffect.Hand(from, boot, Own));",
            "Handed(now, isDone: boot > 0, outbox);",
            Seeds: 500),
        new("a lease counts from when it was told of", LeasedOnly, "TakeOver(stamp.Epoch, lease, since)", "TakeOver(stamp.Epoch, lease, since.SinceZero > TimeSpan.Zero ? now : since)", Seeds: 500),
        new(
            "who claims is handed it too",
            LeasedOnly,
            "!IsLeaving && State is TokenState.Waiter\n",
            "!IsLeaving && State is TokenState.Waiter or TokenState.Claiming\n",
            Seeds: 500),
        new(
            "a lease that was handed over is taken for another",
            LeasedOnly,
            "if (!Own.IsNone && epoch <= Own.Epoch && !isHanding)",
            "if (!Own.IsNone && epoch < Own.Epoch && !isHanding)",
            Seeds: 500),
        new("what comes late is news", LeasedOnly, "stamp.Turn.CompareTo(Seen.Turn) >= 0)", "stamp.Turn != Seen.Turn)", Seeds: 500),
        new("a late offer is taken", LeasedOnly, "stamp.Turn.CompareTo(Memory.Best.Turn) > 0;", "!stamp.IsNone;", Seeds: 500),
        new("it goes without the result", Passing, "new TokenMessage.Take(next, Memory.Data)", "new TokenMessage.Take(next, default)", Seeds: 500),
        new("nobody asks for the lease that is nobody's", LeasedOnly, "if (State is TokenState.Waiter && !IsLeaving && HeardAt + Settings.Lease <= now)", "if (State is TokenState.Waiter && IsLeaving && HeardAt + Settings.Lease <= now)", Seeds: 500),
    ];
}
