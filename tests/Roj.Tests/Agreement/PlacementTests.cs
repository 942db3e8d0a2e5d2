using System.Text;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Slots of the store: who has one first, and how that is found out.</summary>
public sealed class PlacementTests
{
    private static readonly RegisterName Key = RegisterName.Of("key");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static string Text(Outcome outcome) => Encoding.ASCII.GetString(outcome.Content!.Data!.Value.Span);

    private static ReplicaSet[] SetsOf(Assembly all, ushort slot) =>
        [.. all.Events.Select(one => one.Event).OfType<AgreementEvent.Seated>().Where(one => one.Slot == slot).Select(one => one.Set)];

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(3, 3, 3)]
    [InlineData(4, 3, 3)]
    [InlineData(60, 3, 3)]
    [InlineData(4, 5, 3)]
    [InlineData(5, 5, 5)]
    [InlineData(60, 60, 7)]
    [InlineData(0, 3, 0)]
    public void Copies_are_odd_where_they_can_be(int nodes, int wanted, int copies) =>
        Assert.Equal(copies, Placement.CopiesOf(nodes, wanted));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Nodes_have_as_many_slots_as_others_and_are_first_in_as_many(int count)
    {
        NodeId[] nodes = [.. Enumerable.Range(1, count).Select(Assembly.Id)];
        var slots = Enumerable.Range(1, Placement.SlotsMax).Select(slot => Placement.FirstOf((ushort)slot, nodes, 3)).ToArray();
        Assert.All(slots, members => Assert.Equal(Placement.CopiesOf(count, 3), members.Distinct().Count()));
        var loads = nodes.Select(node => slots.Count(members => members.Contains(node))).ToArray();
        var firsts = nodes.Select(node => slots.Count(members => members[0] == node)).ToArray();
        Assert.InRange(loads.Max() - loads.Min(), 0, 4);
        Assert.InRange(firsts.Max() - firsts.Min(), 0, 1);
    }

    [Fact]
    public void A_slot_that_nobody_knows_is_placed_by_whoever_needs_it_and_all_agree()
    {
        var all = Assembly.Born(5);
        for (var number = 1; number <= 5; number++)
            all.Do(number, node => node.Ask(all.Now, 17, Key, new RegisterChange.Add(1), all.Outbox));
        all.Run(2 * Second);
        Assert.Equal("5", Text(all.Ask(3, Key, null, slot: 17)));
        var sets = SetsOf(all, 17).Select(set => set.ToString()).Distinct();
        Assert.Equal("v1", Assert.Single(sets)[..2]);
        Assert.Equal(3, SetsOf(all, 17)[0].Members.Count);
        Assert.Equal(Finding.Found, all.StoreOf(1).Find(Records.RegisterKey(0, Placement.NameOf(17)), out _));
    }

    [Fact]
    public void Registers_of_one_name_in_two_slots_are_two()
    {
        var all = Assembly.Born(3);
        all.Ask(1, Key, new RegisterChange.Add(1), slot: 1);
        all.Ask(1, Key, new RegisterChange.Add(10), slot: Placement.SlotsMax);
        Assert.Equal(("1", "10"), (Text(all.Ask(2, Key, null, slot: 1)), Text(all.Ask(3, Key, null, slot: Placement.SlotsMax))));
        Assert.Null(all.Ask(1, Key, null).Content!.Data);
    }

    [Fact]
    public void Who_is_none_of_a_slots_replicas_asks_those_who_are()
    {
        var all = Assembly.Born(5);
        all.Ask(1, Key, new RegisterChange.Add(1), slot: 2);
        var members = SetsOf(all, 2)[0].Members;
        var stranger = Enumerable.Range(1, 5).First(number => !members.Contains(Assembly.Id(number)));
        Assert.Equal("2", Text(all.Ask(stranger, Key, new RegisterChange.Add(1), slot: 2)));
        Assert.Equal(Finding.Absent, all.StoreOf(stranger).Find(Records.RegisterKey(2, Key), out _));
    }

    [Fact]
    public void Who_was_started_anew_still_knows_its_slots()
    {
        var all = Assembly.Born(3);
        all.Ask(1, Key, new RegisterChange.Add(1), slot: 9);
        for (var number = 1; number <= 3; number++)
        {
            all.Kill(Assembly.Id(number));
            all.Start(Assembly.Id(number), 3);
        }

        Assert.Equal("2", Text(all.Ask(2, Key, new RegisterChange.Add(1), slot: 9)));
    }

    [Fact]
    public void Without_a_roster_there_is_no_slot_either()
    {
        var all = new Assembly(1, expected: 0);
        Assert.Equal(Refusal.NoRoster, all.Ask(1, Key, null, slot: 1).Refusal);
    }

    [Fact]
    public void What_waits_for_a_slot_waits_as_long_as_any_request()
    {
        var all = Assembly.Born(3);
        all.CutOff.UnionWith([Assembly.Id(2), Assembly.Id(3)]);
        var outcome = all.Ask(1, Key, new RegisterChange.Add(1), slot: 3);
        Assert.Equal((Applied.No, Refusal.TimedOut), (outcome.Applied, outcome.Refusal));
        all.CutOff.Clear();
        Assert.Equal("1", Text(all.Ask(1, Key, new RegisterChange.Add(1), slot: 3)));
    }

    [Fact]
    public void A_slot_beyond_the_last_is_a_mistake_here_and_nothing_from_elsewhere()
    {
        var all = Assembly.Born(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => all[1].Ask(all.Now, Placement.SlotsMax + 1, Key, null, all.Outbox));
        var set = all[1].Roster!;
        var (adopt, before) = (new AgreementMessage.Adopt(Placement.SlotsMax + 1, new SlotState(set, Floor.None)), all.StoreOf(1).Count);
        all.Do(1, node => node.Receive(all.Now, Assembly.Id(2), adopt, all.Outbox));
        Assert.Equal(before, all.StoreOf(1).Count);
        all.Do(1, node => node.Receive(all.Now, Assembly.Id(2), adopt with { Slot = Placement.SlotsMax }, all.Outbox));
        Assert.Equal(before + 1, all.StoreOf(1).Count);
    }

    [Fact]
    public void A_slot_of_another_cluster_is_not_adopted()
    {
        var all = Assembly.Born(1);
        var before = all.StoreOf(1).Count;
        var foreign = new SlotState(all[1].Roster! with { Cluster = 1 }, Floor.None);
        all.Do(1, node => node.Receive(all.Now, Assembly.Id(2), new AgreementMessage.Adopt(4, foreign), all.Outbox));
        Assert.Contains(all.Events, one => one.Event is AgreementEvent.ForeignCluster);
        Assert.Equal(before, all.StoreOf(1).Count);
    }
}
