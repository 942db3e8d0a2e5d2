namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule by which tombstones are dropped left out once (storage.md, invariant 3; decision 0050).</summary>
/// <remarks>Not here, since something else stands in for it in nearly all seeds: that all owners have it, that the clock does not go back,
/// that nothing is to be handed on, and that who is not in the map keeps no hints. BurialTests have those.</remarks>
internal static class BurialMutants
{
    private const string Burial = "Roj.Storage/Healing/Burial.cs";

    /// <summary>They.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "what was on its way for long is taken",
            "Roj.Storage/Routing/Router.cs",
            "time + HybridClock.TimeOf(settings.MessageAge) < clock.TimeAt(at)",
            "clock.TimeAt(at) == 0",
            Seeds: 100),
        new(
            "K8: a tombstone is dropped though a hint is out",
            Burial,
            "router.Hints is { Count: 0, IsReading: false }",
            "true",
            Seeds: 1500) { Likely = 211 },
        new(
            "K8: all are asked once, and not a second time",
            Burial,
            "if (!grave.IsResting)",
            "if (grave.Id == 0)",
            Seeds: 1500) { Likely = 159 },
        new("tombstones stay", Burial, "replica.Drop(key, new EntryHead(stamp, true, null));", "_ = key;", Seeds: 60),
        new(
            "who was told to be gone is not asked",
            Burial,
            "outcast => !outcast.IsBarred",
            "outcast => outcast.Node == default",
            Seeds: 300) { Likely = 110 },
        new(
            "K6: what somebody brings who was done without is taken",
            "Roj.Storage/Store.cs",
            "(current.IsBarred(from) || current.IsBarred(settings.Self))",
            "current.Nodes.Count == 0",
            Seeds: 300),
        new(
            "K6: who was done without keeps what he has",
            "Roj.Storage/Healing/Emptying.cs",
            "if (!replica.Drop(item.Key, item.Head))",
            "if (item.Head == default)",
            Seeds: 60),
    ];
}
