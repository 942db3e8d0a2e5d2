using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Which slots are to be moved so that all nodes have about as many, with as few copies made as that takes.</summary>
public static class PlacementPlan
{
    /// <summary>Makes a plan.</summary>
    /// <param name="present">The replicas of each slot.</param>
    /// <param name="nodes">Who is to have slots; others lose what they have.</param>
    /// <param name="wanted">How many replicas a slot has if there are enough nodes.</param>
    /// <returns>The slots whose replicas change, and to whom; none where no node has two copies more than another. What was carried out in
    /// part is planned anew from there, and comes to no more.</returns>
    public static IReadOnlyList<(ushort Slot, IReadOnlyList<NodeId> Members)> Make(
        IReadOnlyDictionary<ushort, IReadOnlyList<NodeId>> present, IReadOnlyCollection<NodeId> nodes, int wanted)
    {
        ArgumentNullException.ThrowIfNull(present);
        ArgumentNullException.ThrowIfNull(nodes);
        var draft = new Draft(present, nodes);
        var copies = Placement.CopiesOf(nodes.Count, wanted);
        if (copies == 0)
            return [];
        foreach (var members in draft.Slots.Values)
            draft.Fit(members, copies);
        draft.Level(present);
        return draft.Changes(present);
    }

    private sealed class Draft
    {
        private readonly SortedDictionary<NodeId, int> loads = [];

        public Draft(IReadOnlyDictionary<ushort, IReadOnlyList<NodeId>> present, IReadOnlyCollection<NodeId> nodes)
        {
            foreach (var node in nodes)
                loads.TryAdd(node, 0);
            foreach (var (slot, members) in present)
            {
                Slots.Add(slot, [.. members.Where(loads.ContainsKey)]);
                foreach (var member in Slots[slot])
                    loads[member]++;
            }
        }

        public SortedDictionary<ushort, List<NodeId>> Slots { get; } = [];

        public void Fit(List<NodeId> members, int copies)
        {
            while (members.Count > copies)
            {
                var most = members.MaxBy(member => loads[member]);
                members.Remove(most);
                loads[most]--;
            }

            while (members.Count < copies)
            {
                var least = loads.Where(load => !members.Contains(load.Key)).MinBy(load => load.Value).Key;
                members.Add(least);
                loads[least]++;
            }
        }

        public void Level(IReadOnlyDictionary<ushort, IReadOnlyList<NodeId>> present)
        {
            while (loads.MaxBy(load => load.Value) is var (most, more) && loads.MinBy(load => load.Value) is var (least, less)
                && more > less + 1)
            {
                // Who has more has one that the other has not. What would be copied to him anyway costs nothing to be copied elsewhere.
                var given = Slots.Where(slot => slot.Value.Contains(most) && !slot.Value.Contains(least))
                    .MinBy(slot => present[slot.Key].Contains(most)).Value;
                given[given.IndexOf(most)] = least;
                loads[most]--;
                loads[least]++;
            }
        }

        public List<(ushort Slot, IReadOnlyList<NodeId> Members)> Changes(
            IReadOnlyDictionary<ushort, IReadOnlyList<NodeId>> present)
        {
            bool IsSame(ushort slot) => Slots[slot].Order().SequenceEqual(present[slot].Order());
            var firsts = new SortedDictionary<NodeId, int>();
            foreach (var slot in Slots.Keys.Where(IsSame))
                firsts[present[slot][0]] = firsts.GetValueOrDefault(present[slot][0]) + 1;
            List<(ushort Slot, IReadOnlyList<NodeId> Members)> changes = [];
            foreach (var (slot, members) in Slots.Where(slot => !IsSame(slot.Key)))
            {
                // Who is first proposes: they take turns at that as well.
                var first = members.MinBy(firsts.GetValueOrDefault);
                firsts[first] = firsts.GetValueOrDefault(first) + 1;
                changes.Add((slot, [first, .. members.Where(member => member != first)]));
            }

            return changes;
        }
    }
}
