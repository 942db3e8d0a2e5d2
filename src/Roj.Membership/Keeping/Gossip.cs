using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>The news that this node still has to tell: each a number of times that grows with the logarithm of the cluster, the ones told
/// least first (SWIM, section 4.1).</summary>
internal sealed class Gossip
{
    private const int TimesPerDoubling = 2; // λ: SWIM finds 3 × ln(n), which is 2 × log2(n), to be enough for 1,000s

    private readonly List<Item> items = []; // of each member the last word; few at a time

    /// <summary>Whether there is anything to tell.</summary>
    public bool HasNews => items.Count > 0;

    /// <summary>How many wait.</summary>
    public int Count => items.Count;

    /// <summary>There is news of a member; what was told of it before is old.</summary>
    public void Add(Rumour rumour)
    {
        // Two accusations of one member are both news (Suspicion).
        items.RemoveAll(item => item.Rumour.Id == rumour.Id
            && !(rumour.State == MemberState.Suspect && item.Rumour.State == MemberState.Suspect
                && item.Rumour.Incarnation == rumour.Incarnation && item.Rumour.Accuser != rumour.Accuser));
        items.Add(new Item { Rumour = rumour });
    }

    /// <summary>Takes the news told least that fit into so many bytes, and counts them as told once more.</summary>
    /// <param name="bytesMax">How many.</param>
    /// <param name="countMax">How many news at most.</param>
    /// <param name="size">What a rumour takes.</param>
    /// <param name="members">How many members there are.</param>
    /// <param name="to">Who is told; nobody is told of itself what it said.</param>
    public List<Rumour> Take(int bytesMax, int countMax, Func<Rumour, int> size, int members, NodeId to)
    {
        List<Rumour> taken = [];
        if (items.Count == 0)
            return taken;
        // Stable: of those told equally often the newest last, as they came.
        foreach (var item in items.OrderBy(item => item.Told).ToArray())
        {
            var bytes = size(item.Rumour);
            if (taken.Count == countMax)
                break;
            if (bytes > bytesMax || (item.Rumour.Id == to && item.Rumour.Accuser == to))
                continue;
            bytesMax -= bytes;
            taken.Add(item.Rumour);
            if (++item.Told >= TimesMax(members))
                items.Remove(item);
        }

        return taken;
    }

    private static int TimesMax(int members)
    {
        var times = TimesPerDoubling;
        for (var n = members; n > 1; n /= 2)
            times += TimesPerDoubling;
        return times;
    }

    private sealed class Item
    {
        public required Rumour Rumour { get; init; }

        public int Told { get; set; }
    }
}
