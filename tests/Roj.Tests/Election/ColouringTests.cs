using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Roj.Election;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

public sealed class ColouringTests
{
    private const int NodesMax = 64;

    [Fact]
    public void A_third_is_green_rounded_up()
    {
        Assert.Equal(
            [1, 1, 1, 2, 2, 2, 3, 3, 3],
            Enumerable.Range(1, 9).Select(n => Greens(Colouring.Of(Painted.Led(n), 1, Painted.Ids(n))).Count()));
        Assert.Equal(715827883, Colouring.GreenOf(int.MaxValue));
    }

    [Fact]
    public void Every_single_join_leaves_a_third_green_and_changes_two_at_most()
    {
        for (var n = 1; n <= NodesMax; n++)
        {
            foreach (var before in Painted.Starts(n, 1 + (n / 2)))
            {
                for (var leader = 1; leader <= n + 1; leader++) // the one before, another, or who has come
                    Changes(before, Painted.Led(leader, 2), Painted.Ids(n + 1), 2);
            }
        }
    }

    [Fact]
    public void Every_single_leave_leaves_a_third_green_and_changes_two_at_most()
    {
        for (var n = 2; n <= NodesMax; n++)
        {
            var led = 1 + (n / 2);
            foreach (var before in Painted.Starts(n, led))
            {
                for (var gone = 1; gone <= n; gone++)
                {
                    NodeId[] here = [.. Painted.Ids(n).Where(id => id != Painted.Id(gone))];
                    if (gone != led)
                        Changes(before, before.Term, here, 2);
                    for (var leader = 1; gone == led && leader <= n; leader++)
                    {
                        if (leader != gone)
                            Changes(before, Painted.Led(leader, 2), here, 2);
                    }
                }
            }
        }
    }

    [Fact]
    public void Another_leader_alone_changes_two_at_most_and_none_if_it_is_green_already()
    {
        for (var n = 1; n <= NodesMax; n++)
        {
            foreach (var before in Painted.Starts(n, 1))
            {
                for (var leader = 1; leader <= n; leader++)
                {
                    var most = before.Of(Painted.Id(leader)) == Colour.Green ? 0 : 2;
                    Assert.Equal(most, Changes(before, Painted.Led(leader, 2), Painted.Ids(n), most));
                }
            }
        }
    }

    /// <summary>Two changes at once: the dumb twin says that fewer won't do.</summary>
    [Fact]
    public void A_leave_while_another_takes_over_from_one_who_stays_may_change_three()
    {
        var before = Colouring.Of(Painted.Led(1), 1, Painted.Ids(4));
        var reds = before.Colours.Where(each => each.Value == Colour.Red).Select(each => each.Key).ToArray();
        NodeId[] here = [.. Painted.Ids(4).Where(id => id != reds[0])];
        Assert.Equal(3, Changes(before, new Term(2, reds[1]), here, 3));
        Assert.Equal(3, LeastRepaints(before, reds[1], here));
    }

    [Fact]
    public void Nothing_changes_when_nobody_came_or_went()
    {
        foreach (var before in Painted.Starts(7, 3))
        {
            var after = before.Repaint(before.Term, 2, Painted.Ids(7));
            Assert.Equal(before with { Version = 2 }, after);
            Assert.NotEqual(before, after);
            Assert.True(after.IsAfter(before));
            Assert.False(before.IsAfter(after));
            Assert.False(before.IsAfter(before));
        }
    }

    [Fact]
    public void Whoever_knows_the_same_paints_the_same()
    {
        var before = Colouring.Of(Painted.Led(1), 1, Painted.Ids(9));
        NodeId[] here = [.. Painted.Ids(17).Skip(4), Painted.Id(1)];
        var after = before.Repaint(Painted.Led(9, 2), 5, here);

        Assert.Equal(after, before.Repaint(Painted.Led(9, 2), 5, [.. here.Reverse(), .. here])); // in another order, and twice
        Assert.Equal(after, before.Repaint(Painted.Led(9, 2), 5, here.Where(id => id != Painted.Id(9)))); // who leads is here
        Assert.Equal(after.GetHashCode(), before.Repaint(Painted.Led(9, 2), 5, here).GetHashCode());
        Assert.Equal((Painted.Led(9, 2), 5ul), (after.Term, after.Version));
    }

    [Fact]
    public void Ties_are_broken_by_id()
    {
        var before = Colouring.Of(Painted.Led(1), 1, Painted.Ids(9));
        var others = Painted.Ids(9).Where(id => id != Painted.Id(1)).Order().ToArray();
        Assert.Equal([.. others.Take(2).Append(Painted.Id(1)).Order()], Greens(before));

        // Of two greens the one with the higher id turns red; of all reds the one with the lowest turns green.
        var fewer = before.Repaint(before.Term, 2, [Painted.Id(1), others[0], others[1], others[5]]);
        Assert.Equal(new[] { Painted.Id(1), others[0] }.Order(), Greens(fewer));
        var more = fewer.Repaint(before.Term, 3, [Painted.Id(1), others[1], others[5], others[7]]);
        Assert.Equal(new[] { Painted.Id(1), others[7] }.Order(), Greens(more)); // who came does not mind
        var last = more.Repaint(before.Term, 4, [Painted.Id(1), others[1], others[5], others[5]]);
        Assert.Equal([Painted.Id(1)], Greens(last));
    }

    /// <summary>The dumb twin: of all ways to paint the nodes that are right, the one that changes least.</summary>
    [Fact]
    public void Nobody_paints_with_fewer_changes() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var rng = new Rng((ulong)seed);
            var all = Painted.Ids(11);
            var had = all.Where(_ => rng.Chance(2, 3)).ToImmutableSortedDictionary(id => id, _ => (Colour)rng.Next(3)); // right or not
            var before = new Colouring(Painted.Led(1), 1, had);
            var here = all.Where(_ => rng.Chance(2, 3)).ToHashSet();
            var term = new Term(2, rng.Pick(all));
            here.Add(term.Leader);

            var after = before.Repaint(term, 2, here);
            Painted.IsRight(after, here.Count);
            Assert.Equal(here.Order(), after.Colours.Keys);
            Assert.Equal(LeastRepaints(before, term.Leader, [.. here]), Changed(before, after));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 6)]
    [InlineData(4, 7)]
    public void Two_sides_of_a_split_network_are_painted_over_with_as_few_changes_as_can_be(int left, int right)
    {
        var all = Painted.Ids(left + right);
        foreach (var one in Painted.Starts(left, 1))
        {
            var other = Colouring.Of(Painted.Led(left + 1, 2), 4, all.Skip(left));
            foreach (var leader in new[] { 1, left + 1 })
            {
                var shown = one.Joined(other);
                Assert.Equal(shown, other.Joined(one));
                Assert.Equal(left + right, shown.Colours.Count);

                var term = Painted.Led(leader, 3);
                var after = shown.Repaint(term, 1, all);
                Painted.IsRight(after, left + right);
                Assert.Equal(LeastRepaints(shown, term.Leader, all), Painted.Repaints(shown, after));
                Assert.InRange(Painted.Repaints(shown, after), 0, 1); // two thirds rounded up, of which one may be too many
            }
        }
    }

    [Fact]
    public void Of_a_node_on_both_sides_the_later_colour_counts()
    {
        var earlier = Colouring.Of(Painted.Led(1), 9, Painted.Ids(3));
        var later = Colouring.Of(Painted.Led(3, 2), 1, Painted.Ids(4).Skip(2));

        Assert.Equal(Colour.Red, earlier.Of(Painted.Id(3)));
        Assert.Equal(Colour.Green, earlier.Joined(later).Of(Painted.Id(3)));
        Assert.Equal(Colour.Green, later.Joined(earlier).Of(Painted.Id(3)));
        Assert.Equal(later.Term, later.Joined(earlier).Term);
        Assert.Equal(later, Colouring.None.Joined(later));
    }

    [Fact]
    public void What_is_no_colouring_is_told()
    {
        var right = Colouring.Of(Painted.Led(1), 1, Painted.Ids(4));
        var red = right.Colours.First(each => each.Value == Colour.Red).Key;
        var green = right.Colours.First(each => each.Value == Colour.Green && each.Key != Painted.Id(1)).Key;

        Assert.True(right.IsRight);
        Assert.True(Colouring.None.IsRight);
        Assert.False((Colouring.None with { Version = 1 }).IsRight);
        Assert.False((right with { Term = new Term(1, red) }).IsRight);
        Assert.False((right with { Term = Painted.Led(5) }).IsRight);
        Assert.True((right with { Term = new Term(1, green) }).IsRight);
        Assert.False((right with { Colours = right.Colours.SetItem(red, Colour.Green) }).IsRight);
        Assert.False((right with { Colours = right.Colours.SetItem(green, Colour.Red) }).IsRight);
        Assert.False((right with { Colours = right.Colours.SetItem(red, Colour.None) }).IsRight);
    }

    private static int Changes(Colouring before, Term term, NodeId[] here, int most)
    {
        var after = before.Repaint(term, 2, here);
        Painted.IsRight(after, here.Length);
        var changes = Painted.Repaints(before, after);
        Assert.InRange(changes, 0, most);
        return changes;
    }

    private static IEnumerable<NodeId> Greens(Colouring colouring) =>
        colouring.Colours.Where(each => each.Value == Colour.Green).Select(each => each.Key);

    private static int Changed(Colouring before, Colouring after) =>
        after.Colours.Count(each => before.Of(each.Key) != Colour.None && before.Of(each.Key) != each.Value);

    private static int LeastRepaints(Colouring before, NodeId leader, NodeId[] here)
    {
        var least = int.MaxValue;
        for (var green = 0; green < 1 << here.Length; green++)
        {
            var isGreen = (int i) => (green & (1 << i)) != 0;
            if (int.PopCount(green) != (here.Length + 2) / 3 || !isGreen(Array.IndexOf(here, leader)))
                continue;
            least = Math.Min(least, here.Where((id, i) =>
                before.Of(id) is var was && was != Colour.None && was != (isGreen(i) ? Colour.Green : Colour.Red)).Count());
        }

        return least;
    }
}
