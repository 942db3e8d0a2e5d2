namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule of the ring left out once (README of Roj.Election, R1 to R7; E4 to E8, C3).</summary>
/// <remarks>Not here, since no seed tells the difference: that COLLECT and COLOR are sent again, and a message that did not arrive, which
/// saves waiting until its origin does so; that a stranger's message is not heard; that an answer wakes a leader up that stood still. Unit
/// tests have them.</remarks>
internal static class RingMutants
{
    private const string Leader = "Roj.Election/LeaderElection.cs";
    private const string Ring = "Roj.Election/RingElection.cs";
    private const string Judge = "Roj.Election/RingJudge.cs";
    private const string Link = "Roj.Election/RingLink.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the hop limit is off", Judge, "message.Hops >= 2 * View.Count", "message.Hops == int.MaxValue", Seeds: 500) { Likely = 87 },
        new("hops are not counted", Ring, "Hops = message.Hops + 1", "Hops = message.Hops", Seeds: 500),
        new(
            "a neighbour that can't be reached is not passed over",
            Link,
            "tries >= settings.HopTries",
            "tries < 0",
            Seeds: 500) { Likely = 14 },
        new(
            "its own candidacy is not known again",
            Ring,
            "message.Origin == Id)\n        {",
            "message.Origin.Drawn == Id.Drawn + 1)\n        {",
            Seeds: 500),
        new(
            "a candidacy goes once",
            Ring,
            "            case RingPhase.Standing:\n                Stand(now, outbox);",
            "            case RingPhase.Standing standing:\n                phase = standing with { AgainAt = now + settings.Wait };",
            Seeds: 500) { Likely = 12 },
        new(
            "LEADER goes once",
            Ring,
            "Round: RingRound.Leader }:\n                Announce(now, outbox);",
            "Round: RingRound.Leader } once:\n                phase = once with { AgainAt = null };",
            Seeds: 500) { Likely = 14 },
        new(
            "a leader lets candidacies pass",
            Ring,
            "case RingMessage.Election when phase is RingPhase.Leading leading:",
            "case RingMessage.Election when phase is RingPhase.Leading { Round: RingRound.Paint } leading:",
            Seeds: 500) { Likely = 17 },
        new(
            "a leader does not tell who does not know",
            Ring,
            "if (leading.Round is not RingRound.Leader)",
            "if (leading.Round is RingRound.Paint)",
            Seeds: 500) { Likely = 163 },
        new(
            "who was missed is not told",
            Ring,
            "view.All.Count == collected.Count && view.HasAll(collected)",
            "collected.Count > 0",
            Seeds: 500),
        new(
            "what is of an earlier term is taken",
            Judge,
            "return term < Known ? RingRefusal.Stale : null;",
            "return null;",
            Seeds: 500) { Likely = 14 },
        new(
            "what comes from an earlier life is taken",
            Judge,
            "message.Origin.Node == Self.Node && message.Origin != Self",
            "message.Hops < 0",
            Seeds: 500) { Likely = 189 },
        new(
            "a later term that the neighbour tells is not heard",
            Leader,
            "known is { } later && later > Greatest",
            "known is { } later && later < Greatest",
            Seeds: 500) { Likely = 14 },
        new("who is asked who there is does not say so", Ring, "Ids = [.. collect.Ids, Id]", "Ids = collect.Ids", Seeds: 500),
        new("waiting is taken for a standstill", Leader, "lookedAt + settings.StandstillMax : beatAt", "null : beatAt", Seeds: 500),
        new(
            "who was denied stands again at once",
            "Roj.Election/Tenure.cs",
            "nomination.Stand(now + settings.NomineePatience, without: settings.Self);",
            "nomination.Stand(now, without: settings.Self);",
            Seeds: 500) { Likely = 8 },
        new(
            "a candidacy that comes home to one who follows is forgotten",
            Leader,
            "case RingEvent.Nominated when Standing is Standing.Without or Standing.Following:",
            "case RingEvent.Nominated when Standing is Standing.Without:",
            Seeds: 500) { Likely = 373 },
        new(
            "who leads no more still tells the ring",
            "Roj.Election/Nomination.cs",
            "ring?.Yield(from, ring.Known);",
            "_ = from;",
            Seeds: 500) { Likely = 177 },
    ];
}
