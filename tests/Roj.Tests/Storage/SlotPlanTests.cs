using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>Which nodes keep which keys: equal shares, few moves, and who had a slot is remembered until he has handed it on.</summary>
public sealed class SlotPlanTests
{
    private static readonly Term term = new(1, StoreLab.Id(1));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shares_differ_by_one_at_most_and_a_node_more_or_less_moves_its_own_share(int copies)
    {
        SlotMap? map = null;
        foreach (var count in (int[])[1, 2, 3, 4, 5, 6, 7, 10, 9, 8, 3, 2, 1, 12])
        {
            var before = map;
            map = SlotPlan.Next(map, term, Enumerable.Range(1, count).Select(StoreLab.Id), copies, _ => default(SlotSet));
            var places = SlotMap.Slots * Math.Min(copies, count);
            Assert.All(Enumerable.Range(0, SlotMap.Slots), slot =>
                Assert.Equal(Math.Min(copies, count), map.OwnersOf(slot).Distinct().Count()));
            int[] shares = [.. map.Nodes.Select(node => Enumerable.Range(0, SlotMap.Slots).Count(slot => map.Owns(node, slot)))];
            Assert.Equal(places, shares.Sum());
            Assert.InRange(shares.Max() - shares.Min(), 0, 1);
            if (before?.Nodes.Count == count - 1 && count > copies)
            {
                var moves = Enumerable.Range(0, SlotMap.Slots).Sum(slot => map.OwnersOf(slot).Except(before.OwnersOf(slot)).Count());
                Assert.InRange(moves, places / count, (places / count) + (places / 10));
            }
        }
    }

    [Fact]
    public void Who_had_a_slot_is_among_its_formers_until_he_says_that_he_has_nothing_of_it()
    {
        var alone = SlotPlan.Next(null, term, [StoreLab.Id(1)], 1, _ => null);
        var both = SlotPlan.Next(alone, term, [StoreLab.Id(1), StoreLab.Id(2)], 1, _ => null);
        int[] moved = [.. Enumerable.Range(0, SlotMap.Slots).Where(slot => both.Owns(StoreLab.Id(2), slot))];
        Assert.Equal(SlotMap.Slots / 2, moved.Length);
        Assert.All(moved, slot => Assert.Equal([StoreLab.Id(1)], both.FormersOf(slot)));
        Assert.Same(both, SlotPlan.Next(both, term, both.Nodes, 1, _ => null));
        var after = SlotPlan.Next(both, term, both.Nodes, 1, node => node == StoreLab.Id(1) ? default(SlotSet).With(moved[0]) : null);
        Assert.Equal(both.Version + 1, after.Version);
        Assert.Equal([moved[0]], Enumerable.Range(0, SlotMap.Slots).Where(slot => after.FormersOf(slot).Count > 0));
    }

    [Fact]
    public void A_map_reads_as_it_was_written_and_not_if_a_byte_is_missing()
    {
        var map = SlotPlan.Next(
            SlotPlan.Next(null, term, [StoreLab.Id(1)], 2, _ => null), term, Enumerable.Range(1, 5).Select(StoreLab.Id), 2, _ => null);
        var bytes = SlotMapCodec.Write(map);
        var read = SlotMapCodec.Read(bytes);
        Assert.NotNull(read);
        Assert.Equal(bytes, SlotMapCodec.Write(read));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Null(SlotMapCodec.Read(bytes.AsSpan(0, length)));
        Assert.Null(SlotMapCodec.Read([.. bytes, 0]));
    }
}
