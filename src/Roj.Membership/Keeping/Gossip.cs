using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Membership.Keeping;

/// <summary>The news that this node still has to tell: each a number of times that grows with the logarithm of the cluster, the ones told
/// least first (SWIM, section 4.1).</summary>
/// <remarks>When a thousand members start at once there are a thousand news: none of them may be looked at for each datagram.</remarks>
internal sealed class Gossip
{
    private const int TimesPerDoubling = 2; // λ: SWIM finds 3 × ln(n), which is 2 × log2(n), to be enough for 1,000s

    // So many that don't fit are passed over for shorter ones behind them: names differ by some bytes only.
    private const int MisfitsMax = 8;

    private readonly List<LinkedList<Item>> levels = [new()]; // by how often they were told; in each the oldest first
    private readonly SortedDictionary<NodeId, List<Item>> ofMember = []; // its last word, or who accuse it
    private readonly List<Item> told = [];
    private long added;

    /// <summary>Whether there is anything to tell.</summary>
    public bool HasNews => Count > 0;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>There is news of a member; what was told of it before is old.</summary>
    public void Add(Rumour rumour)
    {
        if (!ofMember.TryGetValue(rumour.Id, out var words))
            ofMember.Add(rumour.Id, words = []);
        for (var i = words.Count - 1; i >= 0; i--)
        {
            // Two accusations of one member are both news (Suspicion).
            var before = words[i].Rumour;
            if (rumour.State == MemberState.Suspect && before.State == MemberState.Suspect
                && before.Incarnation == rumour.Incarnation && before.Accuser != rumour.Accuser)
            {
                continue;
            }

            levels[words[i].Told].Remove(words[i].Node);
            words.RemoveAt(i);
            Count--;
        }

        var item = new Item(rumour, added++);
        words.Add(item);
        levels[0].AddLast(item.Node);
        Count++;
    }

    /// <summary>Takes the news told least that fit into so many bytes, and counts them as told once more.</summary>
    /// <param name="bytesMax">How many.</param>
    /// <param name="countMax">How many news at most.</param>
    /// <param name="members">How many members there are.</param>
    /// <param name="to">Who is told; nobody is told of itself what it said.</param>
    public List<Rumour> Take(int bytesMax, int countMax, int members, NodeId to)
    {
        List<Rumour> taken = [];
        var misfits = 0;
        for (var level = 0; level < levels.Count; level++)
        {
            for (var next = levels[level].First; next is not null && taken.Count < countMax && misfits < MisfitsMax;)
            {
                var item = next.Value;
                next = next.Next;
                if (item.Bytes > bytesMax)
                {
                    misfits = bytesMax < SwimCodec.RumourLengthMin ? MisfitsMax : misfits + 1;
                    continue;
                }

                if (item.Rumour.Id == to && item.Rumour.Accuser == to)
                    continue;
                bytesMax -= item.Bytes;
                taken.Add(item.Rumour);
                levels[level].Remove(item.Node);
                told.Add(item);
            }
        }

        CountTold(TimesMax(members));
        return taken;
    }

    private static int TimesMax(int members)
    {
        var times = TimesPerDoubling;
        for (var n = members; n > 1; n /= 2)
            times += TimesPerDoubling;
        return times;
    }

    private void CountTold(int timesMax)
    {
        foreach (var item in told)
        {
            if (++item.Told >= timesMax)
                Forget(item);
            else
                Enter(item);
        }

        told.Clear();
    }

    /// <summary>Puts an item among those told as often, by age: it comes from where it was among the oldest, so that this is nearly always
    /// the end.</summary>
    private void Enter(Item item)
    {
        if (levels.Count == item.Told)
            levels.Add(new());
        var level = levels[item.Told];
        var before = level.Last;
        while (before is not null && before.Value.Number > item.Number)
            before = before.Previous;
        if (before is null)
            level.AddFirst(item.Node);
        else
            level.AddAfter(before, item.Node);
    }

    private void Forget(Item item)
    {
        Count--;
        var words = ofMember[item.Rumour.Id];
        words.Remove(item);
        if (words.Count == 0)
            ofMember.Remove(item.Rumour.Id);
    }

    private sealed class Item
    {
        public Item(Rumour rumour, long number)
        {
            (Rumour, Bytes, Number) = (rumour, SwimCodec.Size(rumour), number);
            Node = new LinkedListNode<Item>(this);
        }

        public Rumour Rumour { get; }

        public int Bytes { get; }

        /// <summary>Which in the order in which they came.</summary>
        public long Number { get; }

        /// <summary>Its place among those told as often.</summary>
        public LinkedListNode<Item> Node { get; }

        public int Told { get; set; }
    }
}
