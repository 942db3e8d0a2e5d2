namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule by which tombstones are dropped left out once (storage.md, invariant 3; decision 0050).</summary>
internal static class BurialMutants
{
    private const string Burial = "Roj.Storage/Healing/Burial.cs";

    /// <summary>They.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "a tombstone is dropped before all owners have it",
            Burial,
            "grave.KeepOnly(buried.Hashes);",
            "_ = buried.Hashes;",
            Seeds: 400),
        new("a tombstone is dropped though a hint is out", Burial, "router.Hints is { Count: 0, IsReading: false }", "true", Seeds: 400),
        new("all are asked once, and not a second time", Burial, "if (!grave.IsResting)", "if (grave.Id == 0)", Seeds: 400),
        new("tombstones stay", Burial, "replica.Drop(key, new EntryHead(stamp, true, null));", "_ = key;", Seeds: 100),
        new("the clock goes back", Burial, "router.Clock.Hear(at, new ByteReader(note.Span).UInt64());", "_ = at;", Seeds: 400),
        new("who had a slot before is not waited for", Burial, "map.FormersOf(which).Count == 0 && ", "", Seeds: 400),
        new("who has what is another's drops its tombstone", Burial, " && !handoff.Held.Has(which)", "", Seeds: 400),
        new(
            "who was told to be gone is not asked",
            Burial,
            "outcast => !outcast.IsBarred",
            "outcast => outcast.Node == default",
            Seeds: 400),
        new(
            "what was on its way for long is taken",
            "Roj.Storage/Routing/Router.cs",
            "time + HybridClock.TimeOf(settings.MessageAge) < clock.TimeAt(at)",
            "clock.TimeAt(at) == 0",
            Seeds: 400),
        new(
            "what somebody brings who was done without is taken",
            "Roj.Storage/Store.cs",
            "(current.IsBarred(from) || current.IsBarred(settings.Self))",
            "current.Nodes.Count == 0",
            Seeds: 400),
        new(
            "who was done without keeps what he has",
            "Roj.Storage/Healing/Emptying.cs",
            "replica.Drop(item.Key, item.Head);",
            "_ = item;",
            Seeds: 400),
        new(
            "who is not in the map keeps hints",
            "Roj.Storage/Placing/Placement.cs",
            "var isIn = Map!.Nodes.Contains(self);",
            "var isIn = true;",
            Seeds: 400),
    ];
}
