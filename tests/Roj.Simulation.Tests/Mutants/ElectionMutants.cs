namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule of elections left out once (election.md, invariants; E1 to E8 and C1 to C4).</summary>
internal static class ElectionMutants
{
    private const string Leader = "Roj.Election/LeaderElection.cs";
    private const string Palette = "Roj.Election/Palette.cs";
    private const string Bully = "Roj.Election/BullyElection.cs";
    private const string Settings = "Roj.Election/ElectionSettings.cs";
    private const string Colouring = "Roj.Election/Colouring.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("a term is led in twice", Leader, "Greatest.Counter + 1", "Greatest.Counter", Seeds: 500),
        new("the term is not kept", "Roj.Election/Tenure.cs", "outbox.Do(new ElectionEffect.Keep(term));", "_ = outbox;", Seeds: 500),
        new("an earlier leader is heeded", Leader, "heartbeat.Term < Greatest || (", "(", Seeds: 500) { Likely = 28 },
        new(
            "heartbeats of another sender are believed",
            Leader,
            "if (heartbeat.Term.Leader != from || from == settings.Self)",
            "if (from == settings.Self)",
            Seeds: 500) { Likely = 9 },
        new(
            "terms are compared without the leader",
            "Roj.Kernel/Term.cs",
            "(Counter, Leader).CompareTo((other.Counter, other.Leader))",
            "Counter.CompareTo(other.Counter)",
            Seeds: 500),
        new(
            "a leader does not give way to a later one",
            Leader,
            "if (Term != heartbeat.Term)",
            "if (Term != heartbeat.Term && Standing is not Standing.Leading)",
            Seeds: 500),
        new(
            "a higher address turns the leader out",
            Leader,
            "        heardAt = now;\n        if (registerAt is null && heartbeat",
            "        heardAt = now;\n"
                + "        if (!tenure.IsQuorum && peers.TryGetValue(from, out var it) && it.Address.CompareTo(settings.Own) < 0)\n"
                + "            Lead(now, new Term(Greatest.Counter + 1, settings.Self), outbox);\n"
                + "        if (registerAt is null && heartbeat",
            Seeds: 500),
        new("a leader goes on after its lease", Leader, "term.Counter == epoch", "term.Counter > epoch", Seeds: 500) { Likely = 9 },
        new(
            "who claimed twice goes by the first lease", Leader, "own.Counter < epoch", "own.Counter > epoch", Seeds: 500) { Likely = 18 },
        new(
            "a standstill is not noticed",
            Leader,
            "var stoodStill = now - lookedAt > settings.StandstillMax + settings.Heartbeat;",
            "var stoodStill = now < lookedAt;",
            Seeds: 500) { Likely = 13 },
        new(
            "a silent leader is heeded for ever",
            Leader,
            "Instant.Earliest(heardAt + settings.HeartbeatPatience, lookedAt + settings.StandstillMax)",
            "heardAt + settings.HeartbeatPatience",
            Seeds: 500) { Likely = 33 },
        new("a third is rounded down", Colouring, "((long)nodes + 2) / 3", "Math.Max(1L, nodes / 3)", Seeds: 500),
        new("the leader may be red", Colouring, "node == term.Leader ? 0 : Of(node) switch", "Of(node) switch", Seeds: 500),
        new(
            "colours that are not later are taken",
            Palette,
            "if (!colouring.IsAfter(Colouring))",
            "if (colouring is null)",
            Seeds: 500) { Likely = 65 },
        new("nobody asks for the colours", Leader, "heartbeat.Version > palette.VersionUnder(",
            "heartbeat.Version < palette.VersionUnder(", Seeds: 500),
        new(
            "who comes or goes is not coloured",
            Leader,
            "Standing is Standing.Leading && isOther",
            "Standing is Standing.Leading && !isOther",
            Seeds: 500),
        new("all are painted anew", Palette, "(Colouring with { Colours = before.ToImmutable() }).Repaint", "Colouring.None.Repaint",
            Seeds: 500),
        new(
            "a leader has no time to say that he is there",
            Settings,
            "NewClientTimeout > 2 * Heartbeat ?",
            "NewClientTimeout > TimeSpan.Zero ?",
            Seeds: 500) { Likely = 41 },
        new(
            "an acceptor that does not have the lease is left alone",
            "Roj.Agreement/Leases.cs",
            "return holding.IsKeeping ? null : Keep(holding);",
            "return null;",
            Seeds: 500) { Likely = 20 },
    ];
}
