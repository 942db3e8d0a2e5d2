using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Makes the next map of slots from the last one: shares that differ by one at most, and as few moves as that takes.</summary>
public static class SlotPlan
{
    /// <summary>The map that is to follow.</summary>
    /// <param name="last">The last one; null if there was none.</param>
    /// <param name="term">The leader's term.</param>
    /// <param name="members">Who has not left, at most <see cref="SlotMap.NodesMax"/>.</param>
    /// <param name="copies">How many copies of each key, 1 to <see cref="SlotMap.CopiesMax"/>.</param>
    /// <param name="holdings">Who says that it has keys of which slots without being their owner.</param>
    /// <param name="outcasts">Who was in the map no more; null if that is as in the last one.</param>
    /// <returns>The last one itself if nothing is to be changed.</returns>
    public static SlotMap Next(
        SlotMap? last,
        Term term,
        IEnumerable<NodeId> members,
        int copies,
        Func<NodeId, SlotSet?> holdings,
        IReadOnlyList<Outcast>? outcasts = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(holdings);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copies, SlotMap.CopiesMax);
        NodeId[] nodes = [.. members.Distinct().Order().Take(SlotMap.NodesMax)];
        var isSame = last is not null && last.Copies == copies && nodes.SequenceEqual(last.Nodes);
        var owners = isSame ? [.. Enumerable.Range(0, SlotMap.Slots).Select(slot => last!.OwnersOf(slot).ToArray())]
            : Share(last, nodes, Math.Min(copies, nodes.Length));
        var formers = new NodeId[SlotMap.Slots][];
        for (var slot = 0; slot < SlotMap.Slots; slot++)
            formers[slot] = FormersOf(slot, last, nodes, owners[slot], holdings);
        outcasts ??= last?.Outcasts ?? [];
        if (isSame && outcasts.SequenceEqual(last!.Outcasts)
            && Enumerable.Range(0, SlotMap.Slots).All(slot => formers[slot].SequenceEqual(last.FormersOf(slot))))
            return last;
        return new SlotMap(term, last?.Term == term ? last.Version + 1 : 1, copies, nodes, owners, formers, outcasts);
    }

    // Who had a slot's keys has them until he says that he has handed them on.
    private static NodeId[] FormersOf(int slot, SlotMap? last, NodeId[] nodes, NodeId[] owners, Func<NodeId, SlotSet?> holdings) =>
        [.. nodes.Where(node => !owners.Contains(node)
            && (last?.Owns(node, slot) is true || (holdings(node)?.Has(slot) ?? last?.FormersOf(slot).Contains(node) is true)))];

    private static NodeId[][] Share(SlotMap? last, NodeId[] nodes, int copies)
    {
        var places = SlotMap.Slots * copies;
        var (share, more) = nodes.Length == 0 ? (0, 0) : (places / nodes.Length, places % nodes.Length);
        var counts = new SortedDictionary<NodeId, int>();
        foreach (var node in nodes)
            counts[node] = 0;
        var owners = new List<NodeId>[SlotMap.Slots];
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            owners[slot] = [];
            foreach (var owner in last?.OwnersOf(slot) ?? [])
            {
                // Who has it keeps it, up to his share.
                if (owners[slot].Count < copies && counts.TryGetValue(owner, out var count) && count < share + (more > 0 ? 1 : 0))
                {
                    owners[slot].Add(owner);
                    counts[owner] = count + 1;
                    more -= counts[owner] > share ? 1 : 0;
                }
            }
        }

        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            while (owners[slot].Count < copies)
                Add(owners, slot, counts, last);
        }

        return [.. owners.Select(list => list.ToArray())];
    }

    // The one who has least. If he has this slot already, somebody who may have another in its place gives him one of his.
    private static void Add(List<NodeId>[] owners, int slot, SortedDictionary<NodeId, int> counts, SlotMap? last)
    {
        var least = counts.MinBy(pair => (pair.Value, last?.FormersOf(slot).Contains(pair.Key) is true ? 0 : 1, pair.Key)).Key;
        var chosen = least;
        if (owners[slot].Contains(least))
        {
            for (var other = 0; other < SlotMap.Slots; other++)
            {
                var giver = owners[other].Contains(least) ? default : owners[other].Find(node => !owners[slot].Contains(node));
                if (giver == default)
                    continue;
                owners[other][owners[other].IndexOf(giver)] = least;
                counts[least]++;
                counts[giver]--;
                chosen = giver;
                break;
            }

            if (chosen == least)
                chosen = counts.Where(pair => !owners[slot].Contains(pair.Key)).MinBy(pair => (pair.Value, pair.Key)).Key;
        }

        owners[slot].Add(chosen);
        counts[chosen]++;
    }
}
