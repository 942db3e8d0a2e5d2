namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule of passing a token left out once (token.md, invariants 1 to 6; T1 to T7).</summary>
/// <remarks>Not here, since it takes thousands of seeds to tell the difference: that who goes before the token was sent to him is passed
/// over; in quorum mode, that what was said before is no news, that a lease counts from before it was taken, that who claims takes no
/// offer (nor what he was offered before: two lines), and that no offer is taken twice. Unit tests have them.</remarks>
internal static class TokenMutants
{
    private const string Passing = "Roj.Token/TokenPassing.cs";
    private const string FreeOnly = "Roj.Token/FreePassing.cs";
    private const string LeasedOnly = "Roj.Token/LeasedPassing.cs";
    private const string Memory = "Roj.Token/TokenMemory.cs";

    /// <summary>Of available mode.</summary>
    public static IReadOnlyList<Mutant> Free { get; } =
    [
        new(
            "a turn is had twice",
            Memory,
            "return turn.Turn.CompareTo(stamp.Turn) >= 0;",
            "return turn.Turn.CompareTo(stamp.Turn) > 0;",
            Seeds: 30),
        new("which turns were had is not remembered", Memory, "turns.Add(stamp);", "Hear(stamp);", Seeds: 30),
        new("it is said before it is kept", Passing, "settings.SavesFirst ?", "!settings.SavesFirst ?", Seeds: 60) { Likely = 13 },
        new(
            "an owner gives way to nobody",
            FreeOnly,
            "case TokenState.Owner or TokenState.Doubting when stamp.AgainstFree(Own) <= 0:",
            "case TokenState.Owner or TokenState.Doubting when stamp.AgainstFree(Own) < int.MaxValue:",
            Seeds: 30) { Likely = 9 },
        new("what was sent is given to another", FreeOnly, "if (!isSent && Tries == 0)", "if (Tries == 0)", Seeds: 100) { Likely = 41 },
        new(
            "better data of one's own is forgotten",
            FreeOnly,
            "if (stamp.Progress >= Memory.Best.Progress)",
            "if (stamp.Progress <= TokenStamp.NumberMax)",
            Seeds: 150) { Likely = 15 },
        new(
            "no token rises above another",
            FreeOnly,
            "var isBelow = stamp.Epoch < Memory.Epoch ||",
            "var isBelow = stamp.IsNone &&",
            Seeds: 150) { Likely = 63 },
        new("no token rises above another of its epoch", FreeOnly, " || Memory.HasHadAbove(stamp);", ";", Seeds: 600) { Likely = 287 },
        new(
            "a standstill is not noticed",
            FreeOnly,
            "var stoodStill = now - lookedAt > Settings.StandstillMax + Settings.Heartbeat;",
            "var stoodStill = now < lookedAt;",
            Seeds: 100) { Likely = 43 },
        new("what comes late is news", FreeOnly, "when IsOld(stamp):", "when stamp.IsNone:", Seeds: 200) { Likely = 87 },
        new(
            "who leaves keeps it",
            Passing,
            "if (State is TokenState.Owner && others.Count > 0)",
            "if (State is TokenState.Owner && others.Count == int.MaxValue)",
            Seeds: 30),
        new("the first of all goes first", Passing, "others[tried++]", "others.Order().ElementAt(tried++)", Seeds: 30),
        new(
            "a new token has an epoch that was there",
            Memory,
            "new(Epoch + 1, 1, Best",
            "new(Math.Max(1, Epoch), 1, Best",
            Seeds: 300) { Likely = 151 },
        new(
            "it goes without the result",
            Passing,
            "new TokenMessage.Take(next, Memory.Data)",
            "new TokenMessage.Take(next, default)",
            Seeds: 30),
    ];

    /// <summary>Of quorum mode.</summary>
    public static IReadOnlyList<Mutant> Leased { get; } =
    [
        new(
            "a lease is handed over to whoever was asked first",
            "Roj.Agreement/RegisterChange.cs",
            "Decision.Write(Data, lease with { Holder = To, Boot = Boot });",
            "Decision.Write(Data, lease with { Boot = Boot });",
            Seeds: 30),
        new(
            "an owner goes on after its lease",
            LeasedOnly,
            "Own.Epoch != epoch || isHanding)",
            "Own.Epoch != epoch || isHanding || State is TokenState.Owner)",
            Seeds: 260) { Likely = 188 },
        new(
            "an offer is a turn",
            LeasedOnly,
            "(offer, HeardAt) = ((stamp, from, now), now + (2 * Settings.Heartbeat) - Patience);",
            "Hold(now, stamp, outbox);",
            Seeds: 30),
        new(
            "the turn goes over without the lease",
            LeasedOnly,
            "outbox.Do(new TokenEffect.Hand(from, boot, Own));",
            "Handed(now, isDone: boot > 0, outbox);",
            Seeds: 30),
        new(
            "it goes without the result",
            Passing,
            "new TokenMessage.Take(next, Memory.Data)",
            "new TokenMessage.Take(next, default)",
            Seeds: 30),
    ];
}
