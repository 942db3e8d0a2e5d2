using Roj.Agreement;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Plans: all have about as many slots, and no more is copied than that takes.</summary>
public sealed class PlacementPlanTests
{
    private static NodeId[] Nodes(int first, int count) => [.. Enumerable.Range(first, count).Select(Assembly.Id)];

    private static SortedDictionary<ushort, IReadOnlyList<NodeId>> Fresh(NodeId[] nodes)
    {
        var slots = new SortedDictionary<ushort, IReadOnlyList<NodeId>>();
        for (ushort slot = 1; slot <= Placement.SlotsMax; slot++)
            slots.Add(slot, Placement.FirstOf(slot, nodes, 3));
        return slots;
    }

    private static int Carry(SortedDictionary<ushort, IReadOnlyList<NodeId>> slots, NodeId[] nodes, int wanted = 3)
    {
        var plan = PlacementPlan.Make(slots, nodes, wanted);
        var copied = plan.Sum(move => move.Members.Except(slots[move.Slot]).Count());
        foreach (var (slot, members) in plan)
            slots[slot] = members;
        Assert.Empty(PlacementPlan.Make(slots, nodes, wanted));
        return copied;
    }

    private static void IsLevel(SortedDictionary<ushort, IReadOnlyList<NodeId>> slots, NodeId[] nodes, int copies)
    {
        Assert.All(slots.Values, members => Assert.Equal(copies, members.Distinct().Count()));
        Assert.All(slots.Values, members => Assert.Empty(members.Except(nodes)));
        var loads = nodes.Select(node => slots.Values.Count(members => members.Contains(node))).ToArray();
        Assert.InRange(loads.Max() - loads.Min(), 0, 1);
    }

    [Theory]
    [InlineData(3, 1, 192)]
    [InlineData(3, 3, 384)]
    [InlineData(5, 1, 128)]
    [InlineData(9, 1, 77)]
    public void When_nodes_join_just_their_share_is_copied(int before, int joining, int share)
    {
        var slots = Fresh(Nodes(1, Math.Min(before, 7)));
        Carry(slots, Nodes(1, before));
        Assert.InRange(Carry(slots, Nodes(1, before + joining)), share - before, share);
        IsLevel(slots, Nodes(1, before + joining), 3);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(60)]
    public void When_a_node_is_gone_just_what_it_had_is_copied(int before)
    {
        var slots = Fresh(Nodes(1, Math.Min(before, 7)));
        Carry(slots, Nodes(1, before));
        var had = slots.Values.Count(members => members.Contains(Assembly.Id(2)));
        Assert.Equal(had, Carry(slots, [.. Nodes(1, before).Where(node => node != Assembly.Id(2))]));
        IsLevel(slots, [.. Nodes(1, before).Where(node => node != Assembly.Id(2))], 3);
    }

    [Fact]
    public void From_one_to_three_to_five_and_back()
    {
        var slots = Fresh(Nodes(1, 1));
        IsLevel(slots, Nodes(1, 1), 1);
        Assert.Equal(512, Carry(slots, Nodes(1, 3)));
        IsLevel(slots, Nodes(1, 3), 3);
        Assert.InRange(Carry(slots, Nodes(1, 5)), 304, 308);
        IsLevel(slots, Nodes(1, 5), 3);
        Carry(slots, Nodes(2, 3));
        IsLevel(slots, Nodes(2, 3), 3);
        Assert.Equal(0, Carry(slots, Nodes(2, 1)));
        IsLevel(slots, Nodes(2, 1), 1);
    }

    [Fact]
    public void Who_moves_takes_turns_at_being_first()
    {
        var slots = Fresh(Nodes(1, 3));
        Carry(slots, Nodes(1, 6));
        var firsts = Nodes(1, 6).Select(node => slots.Values.Count(members => members[0] == node)).ToArray();
        Assert.InRange(firsts.Max() - firsts.Min(), 0, 24);
    }

    [Fact]
    public void Nobody_to_have_slots_is_no_plan() => Assert.Empty(PlacementPlan.Make(Fresh(Nodes(1, 3)), [], 3));

    [Fact]
    public void What_is_carried_out_in_part_comes_to_no_more()
    {
        var (slots, total) = (Fresh(Nodes(1, 3)), 0);
        for (var turns = 0; turns < 1000; turns++)
        {
            var plan = PlacementPlan.Make(slots, Nodes(1, 6), 3);
            if (plan.Count == 0)
                break;
            var (slot, members) = plan[turns % plan.Count];
            total += members.Except(slots[slot]).Count();
            slots[slot] = members;
        }

        IsLevel(slots, Nodes(1, 6), 3);
        Assert.InRange(total, 380, 390);
    }
}
