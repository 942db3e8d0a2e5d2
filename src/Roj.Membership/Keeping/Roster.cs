using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>Who is known, and what is believed of each.</summary>
internal sealed class Roster(Rng rng)
{
    private readonly List<Entry> entries = []; // by id: a newcomer moves others along, which is cheaper than a tree's nodes
    private readonly List<Entry> present = []; // in no order: each knows its place
    private readonly List<Entry> gone = [];

    public int Count => entries.Count;

    /// <summary>Who is here, ourselves not included, in no order.</summary>
    public IReadOnlyList<Entry> Present => present;

    /// <summary>Who is dead or has left, in no order.</summary>
    public IReadOnlyList<Entry> Gone => gone;

    /// <summary>A sum of what is believed of each who is here: two rosters with equal sums agree on those. Who is gone is not in it: a
    /// newcomer need not know of him, and the two would tell each other everything for a day. Kept up to date by each change, as it is
    /// asked for often and there may be many.</summary>
    public ulong Digest { get; private set; }

    /// <summary>All, by id.</summary>
    public IReadOnlyList<Entry> All => entries;

    public Entry? Find(NodeId id)
    {
        var index = IndexOf(id);
        return index < entries.Count && entries[index].Id == id ? entries[index] : null;
    }

    public Entry Add(NodeId id, Endpoint node, ulong incarnation, Profile profile)
    {
        var entry = new Entry(id) { Node = node, Incarnation = incarnation, Profile = profile };
        var index = IndexOf(id);
        Check.That(index == entries.Count || entries[index].Id != id);
        entries.Insert(index, entry);
        Enter(present, entry);
        Digest += DigestOf(entry);
        return entry;
    }

    public void Remove(Entry entry)
    {
        entries.RemoveAt(IndexOf(entry.Id));
        Exit(entry.IsPresent ? present : gone, entry);
        Digest -= DigestOf(entry);
    }

    /// <summary>So many will come.</summary>
    public void Reserve(int count)
    {
        entries.EnsureCapacity(count);
        present.EnsureCapacity(count);
    }

    /// <summary>The part of <see cref="Digest"/> that is of one member: FNV-1a, then mixed, as sums of it would keep its patterns (the
    /// finalizer of MurmurHash3).</summary>
    public static ulong DigestOf(NodeId id, ulong incarnation, MemberState state, uint tagsOf)
    {
        var hash = 14695981039346656037UL;
        void Add(ulong value) => hash = (hash ^ value) * 1099511628211UL;
        Add((ulong)(id.Value >> 64));
        Add((ulong)id.Value);
        Add(incarnation);
        Add(((ulong)state << 32) | tagsOf);
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return hash ^ (hash >> 33);
    }

    /// <summary>The tags of a member came, or are known to be old: then of version 0.</summary>
    public void Describe(Entry entry, uint tagsOf, ReadOnlyMemory<byte> tags)
    {
        Digest -= DigestOf(entry);
        entry.Describe(tagsOf, tags);
        Digest += DigestOf(entry);
    }

    /// <summary>Something else is believed of a member.</summary>
    public void Turn(Instant now, Entry entry, ulong incarnation, MemberState state, NodeId accuser)
    {
        var wasPresent = entry.IsPresent;
        Digest -= DigestOf(entry);
        (entry.Incarnation, entry.State, entry.Since) = (incarnation, state, now);
        Digest += DigestOf(entry);
        entry.Accuse(accuser, null);
        if (wasPresent == entry.IsPresent)
            return;
        Exit(wasPresent ? present : gone, entry);
        Enter(wasPresent ? gone : present, entry);
    }

    /// <summary>Who comes after <paramref name="id"/> in the ring of those who are here, by id; null if nobody is.</summary>
    public Entry? After(NodeId id)
    {
        // Those who are gone are passed over: a few, or some are here whom nobody would look for.
        var after = IndexOf(id);
        for (var i = 0; i < entries.Count && present.Count > 0; i++)
        {
            var entry = entries[(after + i) % entries.Count];
            if (entry.IsPresent && entry.Id != id)
                return entry;
        }

        return null;
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

    private static ulong DigestOf(Entry entry) =>
        entry.IsPresent ? DigestOf(entry.Id, entry.Incarnation, entry.State, entry.TagsOf) : 0;

    /// <summary>Where <paramref name="id"/> stands, or would.</summary>
    private int IndexOf(NodeId id)
    {
        var (from, to) = (0, entries.Count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (entries[middle].Id < id)
                from = middle + 1;
            else
                to = middle;
        }

        return from;
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

    /// <summary>One member. There may be ten thousand, and many in one process of the simulator: what only few have is kept
    /// apart.</summary>
    internal sealed class Entry(NodeId id)
    {
        private Described? described; // null until its tags came
        private Accused? accused; // null while nobody but itself speaks of it

        public NodeId Id { get; } = id;

        public required Endpoint Node { get; set; }

        public required ulong Incarnation { get; set; }

        public required Profile Profile { get; set; }

        public NodeId Accuser => accused?.By ?? Id;

        public Suspicion? Suspicion => accused?.Suspicion;

        public MemberState State { get; set; }

        public ReadOnlyMemory<byte> Tags => described?.Tags ?? default;

        /// <summary>Of which <see cref="Profile.TagsVersion"/> the tags are.</summary>
        public uint TagsOf => described?.TagsOf ?? 0;

        public Instant Since { get; set; }

        /// <summary>When it last spoke to us itself; the clock's beginning for never.</summary>
        public Instant Heard { get; set; }

        /// <summary>Its place among those who are here, or among those who are gone.</summary>
        public int Place { get; set; }

        /// <summary>Whether it waits to be asked in this round (<see cref="Prober"/>).</summary>
        public bool IsInRound { get; set; }

        public bool IsPresent => State is MemberState.Alive or MemberState.Suspect;

        /// <summary>Whether it is kept only so that nobody who has not heard of its eviction brings it back.</summary>
        public bool IsEvicted => State == MemberState.Left && Accuser != Id;

        /// <summary>Whether a word of this incarnation and state is news.</summary>
        public bool IsNews(ulong incarnation, MemberState state) =>
            incarnation > Incarnation || (incarnation == Incarnation && state > State);

        /// <summary>What is believed of it is so on this one's word.</summary>
        public void Accuse(NodeId by, Suspicion? suspicion) => accused = by == Id && suspicion is null ? null : new Accused(by, suspicion);

        /// <summary>Its tags came, or are known to be old: then of version 0.</summary>
        public void Describe(uint tagsOf, ReadOnlyMemory<byte> tags) =>
            described = tagsOf == 0 && tags.IsEmpty ? null : new Described(tagsOf, tags);

        public Member View() => new(Id, Node, State, Incarnation, Since, Accuser, Profile, Tags);

        public Rumour Rumour() => new(Id, Incarnation, State, Node, Accuser, State == MemberState.Alive ? Profile : null);

        private sealed record Described(uint TagsOf, ReadOnlyMemory<byte> Tags);

        private sealed record Accused(NodeId By, Suspicion? Suspicion);
    }
}
