using Roj.Election;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>Nodes, leaderships and what is asked of colourings.</summary>
internal static class Painted
{
    internal static NodeId Id(int number) => new(new UInt128((ulong)number * 0x9E3779B97F4A7C15, (ulong)number)); // in no order

    internal static NodeId[] Ids(int count) => [.. Enumerable.Range(1, count).Select(Id)];

    internal static Term Led(int leader, ulong counter = 1) => new(counter, Id(leader));

    /// <summary>Colourings of nodes 1 to <paramref name="count"/>, each led by node <paramref name="leader"/>: those who are green are the
    /// first by id, the last by id, or whom chance chooses.</summary>
    internal static IEnumerable<Colouring> Starts(int count, int leader)
    {
        var others = Ids(count).Where(id => id != Id(leader)).Order().ToArray();
        yield return Green(others);
        yield return Green([.. others.Reverse()]);
        new Rng((ulong)((count * 100) + leader)).Shuffle<NodeId>(others);
        yield return Green(others);

        Colouring Green(NodeId[] preferred)
        {
            var green = preferred.Take(Colouring.GreenOf(count) - 1).Append(Id(leader)).ToHashSet();
            return new Colouring(Led(leader), 1, Colouring.Of(Led(leader), 1, Ids(count)).Colours.ToBuilder().ToDictionary(
                each => each.Key, each => green.Contains(each.Key) ? Colour.Green : Colour.Red).ToImmutableSorted());
        }
    }

    /// <summary>How many nodes of both change their colour.</summary>
    internal static int Repaints(Colouring before, Colouring after) =>
        after.Colours.Count(each => before.Colours.TryGetValue(each.Key, out var was) && was != each.Value);

    /// <summary>Invariant C1, counted by hand.</summary>
    internal static void IsRight(Colouring colouring, int nodes)
    {
        Assert.Equal(nodes, colouring.Colours.Count);
        Assert.Equal((int)Math.Ceiling(nodes / 3.0), colouring.Colours.Values.Count(colour => colour == Colour.Green));
        Assert.Equal(nodes - (int)Math.Ceiling(nodes / 3.0), colouring.Colours.Values.Count(colour => colour == Colour.Red));
        Assert.Equal(Colour.Green, colouring.Of(colouring.Term.Leader));
        Assert.True(colouring.IsRight);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<NodeId, Colour> ToImmutableSorted(
        this Dictionary<NodeId, Colour> colours) => System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(colours);
}
