using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>Who is known, and what is believed of each.</summary>
internal sealed class Roster(Rng rng)
{
    private readonly SortedDictionary<NodeId, Entry> entries = [];
    private readonly List<Entry> present = []; // in no order: each knows its place
    private readonly List<Entry> gone = [];

    public int Count => entries.Count;

    /// <summary>Who is here, ourselves not included, in no order.</summary>
    public IReadOnlyList<Entry> Present => present;

    /// <summary>Who is dead or has left, in no order.</summary>
    public IReadOnlyList<Entry> Gone => gone;

    public IEnumerable<Entry> All => entries.Values;

    public Entry? Find(NodeId id) => entries.GetValueOrDefault(id);

    public Entry Add(NodeId id, Endpoint node, ulong incarnation, Profile profile)
    {
        var entry = new Entry(id) { Node = node, Incarnation = incarnation, Profile = profile, Accuser = id };
        entries.Add(id, entry);
        Enter(present, entry);
        return entry;
    }

    public void Remove(Entry entry)
    {
        entries.Remove(entry.Id);
        Exit(entry.IsPresent ? present : gone, entry);
    }

    /// <summary>Something else is believed of a member.</summary>
    public void Turn(Instant now, Entry entry, ulong incarnation, MemberState state, NodeId accuser)
    {
        var wasPresent = entry.IsPresent;
        (entry.Incarnation, entry.State, entry.Accuser) = (incarnation, state, accuser);
        entry.Since = now;
        entry.Suspicion = null;
        if (wasPresent == entry.IsPresent)
            return;
        Exit(wasPresent ? present : gone, entry);
        Enter(wasPresent ? gone : present, entry);
    }

    /// <summary>Who comes after <paramref name="id"/> in the ring of those who are here, by id; null if nobody is.</summary>
    public Entry? After(NodeId id)
    {
        Entry? first = null;
        foreach (var entry in entries.Values)
        {
            if (!entry.IsPresent)
                continue;
            if (entry.Id > id)
                return entry;
            first ??= entry;
        }

        return first;
    }

    /// <summary>Up to so many of <paramref name="among"/>, by chance, but not <paramref name="except"/>.</summary>
    public List<Entry> Some(IReadOnlyList<Entry> among, int count, NodeId except)
    {
        List<Entry> some = [];
        // A few draws that meet somebody twice find fewer than there are: so little is asked for that this is seldom.
        for (var draws = 3 * count; draws > 0 && some.Count < count && among.Count > 0; draws--)
        {
            var drawn = among[rng.Next(among.Count)];
            if (drawn.Id != except && !some.Contains(drawn))
                some.Add(drawn);
        }

        return some;
    }

    private static void Enter(List<Entry> list, Entry entry)
    {
        entry.Place = list.Count;
        list.Add(entry);
    }

    private static void Exit(List<Entry> list, Entry entry)
    {
        var last = list[^1];
        list[entry.Place] = last;
        last.Place = entry.Place;
        list.RemoveAt(list.Count - 1);
    }

    /// <summary>One member.</summary>
    internal sealed class Entry(NodeId id)
    {
        public NodeId Id { get; } = id;

        public required Endpoint Node { get; set; }

        public required ulong Incarnation { get; set; }

        public required Profile Profile { get; set; }

        public required NodeId Accuser { get; set; }

        public MemberState State { get; set; }

        public ReadOnlyMemory<byte> Tags { get; set; }

        /// <summary>Of which <see cref="Profile.TagsVersion"/> the tags are.</summary>
        public uint TagsOf { get; set; }

        public Instant Since { get; set; }

        public Suspicion? Suspicion { get; set; }

        public int Place { get; set; }

        public bool IsPresent => State is MemberState.Alive or MemberState.Suspect;

        /// <summary>Whether it is kept only so that nobody who has not heard of its eviction brings it back.</summary>
        public bool IsEvicted => State == MemberState.Left && Accuser != Id;

        /// <summary>Whether a word of this incarnation and state is news.</summary>
        public bool IsNews(ulong incarnation, MemberState state) =>
            incarnation > Incarnation || (incarnation == Incarnation && state > State);

        public Member View() => new(Id, Node, State, Incarnation, Since, Accuser, Profile, Tags);

        public Rumour Rumour() => new(Id, Incarnation, State, Node, Accuser, State == MemberState.Alive ? Profile : null);
    }
}
