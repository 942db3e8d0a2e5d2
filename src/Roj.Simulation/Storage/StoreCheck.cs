using Roj.Storage;

namespace Roj.Simulation.Storage;

/// <summary>What must hold when all has been well for a while.</summary>
internal sealed class StoreCheck(StoreTown town)
{
    /// <summary>Why not all is as it must be; null if it is: one map, each key with its owners and nobody else, nothing left to hand
    /// on.</summary>
    public string? Unsettled()
    {
        var map = town.Nodes.Select(node => node.Store?.Map).FirstOrDefault(map => map is not null);
        foreach (var node in Present)
        {
            if (node.Store is not { } store)
                return $"{node.Name} does not take part";
            if (node.Here.Count != Present.Count() - 1)
                return $"{node.Name} does not see who is here";
            if (store.Map is null || store.Map.Term != map!.Term || store.Map.Version != map.Version)
                return $"maps: {node.Name} follows {Text(store.Map)}, another {Text(map)}";
            if (store.Hints > 0)
                return $"hints: {node.Name} has {store.Hints} for {string.Join(',', store.HintedNodes.Select(one => one.ToString()[..8]))}";
            if (!store.Held.IsEmpty)
                return $"{node.Name} holds what is others'";
            if (store.Calls > 0)
                return $"{node.Name} has {store.Calls} calls under way";
        }

        if (!map!.Nodes.SequenceEqual(Members.Order()))
            return $"the map {Text(map)} is of {string.Join(' ', map.Nodes)}, and here are {string.Join(' ', Members.Order())}";
        if (Enumerable.Range(0, SlotMap.Slots).Any(slot => map.FormersOf(slot).Count > 0))
            return "there are formers yet";
        foreach (var key in town.Watch.Keys)
        {
            if (Unlike(map, key) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>A key of which a tombstone is kept yet; null for none.</summary>
    public string? Unburied() => town.Watch.Keys.Where(key => EntryOf(key) is { IsTombstone: true })
        .Select(key => $"a tombstone of {key} is still there").FirstOrDefault();

    /// <summary>What is wrong with what the owners have; null if nothing is.</summary>
    public string? Judge()
    {
        foreach (var key in town.Watch.Keys)
        {
            if (town.Watch.Judge(key, EntryOf(key)) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>What the owners have of a key.</summary>
    public Entry? EntryOf(StorageKey key)
    {
        var owner = town.PlaceOf(OwnersOf(key)[0])!;
        return owner.Undisturbed(() => owner.Shelf!.Find(key, out var entry, out _) is ShelfFinding.Found ? entry : null);
    }

    private IEnumerable<StoreNode> Present => town.Nodes.Where(node => node.Boots > 0 && node.State is MachineState.Up);

    private IEnumerable<Kernel.NodeId> Members =>
        Present.Select(node => node.Identity).Where(identity => !town.Gone.Contains(identity));

    private static string Text(SlotMap? map) => map is null ? "none" : $"{map.Term}/{map.Version}";

    private static string Text(Entry? entry) => entry?.Stamp.ToString() ?? "nothing";

    private IReadOnlyList<Kernel.NodeId> OwnersOf(StorageKey key)
    {
        var node = Present.First();
        return node.Store!.Map!.OwnersOf(SlotMap.SlotOf(node.Shelf!.HashOf(key)));
    }

    // K3, and that nobody else has it.
    private string? Unlike(SlotMap map, StorageKey key)
    {
        Entry? first = null;
        var isFirst = true;
        foreach (var node in Present)
        {
            Entry? entry = null;
            var finding = node.Undisturbed(() => node.Shelf!.Find(key, out entry, out _));
            if (finding is ShelfFinding.Damaged)
                return $"{node.Name} can't read {key}";
            if (!map.Owns(node.Identity, SlotMap.SlotOf(node.Shelf!.HashOf(key))))
            {
                if (entry is not null)
                    return $"{node.Name} has {key}, which is others'";
                continue;
            }

            if (!isFirst && (entry?.Head != first?.Head || entry?.Data?.Span.SequenceEqual(first!.Data!.Value.Span) is false))
                return $"K3: {node.Name} has {Text(entry)} of {key}, another owner {Text(first)}";
            (first, isFirst) = (entry, false);
        }

        return null;
    }
}
