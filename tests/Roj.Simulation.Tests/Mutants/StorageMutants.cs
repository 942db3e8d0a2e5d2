namespace Roj.Simulation.Tests.Mutants;

/// <summary>Each rule of the store in available mode left out once (storage.md, invariants 1, 2, 3, 5 and 6; of K1 to K10 those that it
/// promises).</summary>
/// <remarks>Not here yet: that who is later is heeded, and that what is handed on is dropped only when others have it.
/// Nor that a listing goes on behind what all have told: a run has too few keys for that, a test of the store has enough.</remarks>
internal static class StorageMutants
{
    private const string Writing = "Roj.Storage/Routing/Writing.cs";

    /// <summary>They.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "an earlier version takes the place of a later one",
            "Roj.Storage/Keeping/Replica.cs",
            "if (before is { } kept && !entry.Head.Beats(kept))",
            "if (before is { } kept && entry.Head == kept)",
            Seeds: 60),
        new(
            "K1: what is kept is said before it is durable",
            "Roj.Storage/Wire/StorageMessage.cs",
            "this is Stored or Got or Listed",
            "this is Got",
            Seeds: 300),
        new(
            "K3: copies are not compared",
            "Roj.Storage/Healing/Comparison.cs",
            "digest.Total != total && left-- > 0)",
            "digest.Total != total && left-- > SlotsAtATime)",
            Seeds: 20),
        new(
            "K7: no hint is kept",
            Writing,
            "Router.Hints.Keep(at, target, key, entry, Router.Outbox)",
            "target != default",
            Seeds: 60) { Likely = 22 },
        new("K7: hints stay", "Roj.Storage/Healing/Hints.cs", "!shelf.DropNote(name)", "name.Length == 0", Seeds: 300) { Likely = 172 },
        new(
            "K7: hints are given to nobody",
            "Roj.Storage/Healing/Delivery.cs",
            "hints.Targets.ToArray()",
            "hints.Targets.Take(0)",
            Seeds: 60),
        new(
            "K7: there is no end of hints",
            "Roj.Storage/Healing/Hints.cs",
            "else if (count >= settings.HintsMax)",
            "else if (count < 0)",
            Seeds: 100) { Likely = 86 },
        new(
            "K9: what others' clocks say is not counted on from",
            "Roj.Storage/Versions/HybridClock.cs",
            "if (time > TimeAt(at))",
            "if (time > TimeAt(at) && time == 0)",
            Seeds: 20),
        new("nothing is handed on", "Roj.Storage/Healing/Handoff.cs", "replica.Drop(key, head)", "head == default", Seeds: 60),
        new(
            "who had copies is not asked",
            "Roj.Storage/Placing/Placement.cs",
            "owners.Concat(formers).Where(IsHere)",
            "owners.Where(IsHere)",
            Seeds: 3000),
        new(
            "a listing has other databases' keys",
            "Roj.Storage/Routing/Listing.cs",
            "if (item.Key.Database != database)",
            "if (item.Key.Database < 0)",
            Seeds: 100),
        new(
            "a map is not followed",
            "Roj.Storage/Placing/MapKeeper.cs",
            "if (map.IsLaterThan(placement.Map))",
            "if (placement.Map is null)",
            Seeds: 60),
    ];
}
