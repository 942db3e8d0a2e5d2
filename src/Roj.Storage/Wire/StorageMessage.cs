using Roj.Kernel;

namespace Roj.Storage.Wire;

/// <summary>What nodes say to each other about what they keep. A question's <c>Id</c> comes back with its answer; 0 asks for
/// none.</summary>
public abstract record StorageMessage
{
    private StorageMessage()
    {
    }

    /// <summary>Whether it says that something was kept: it may go only once that is durable.</summary>
    public bool RestsOnDisk => this is Stored or Got or Listed or Buried or Changes or Bury { IsDrop: true } or MapIs { IsEmptied: true };

    /// <summary>What have you of this key?</summary>
    public sealed record Get(ulong Id, StorageKey Key) : StorageMessage;

    /// <summary>This.</summary>
    /// <param name="Id">Of the question.</param>
    /// <param name="Entry">The version; null for none.</param>
    /// <param name="IsDamaged">Whether there was one that can't be read.</param>
    public sealed record Got(ulong Id, Entry? Entry, bool IsDamaged = false) : StorageMessage;

    /// <summary>Keep this version, unless yours is later.</summary>
    /// <param name="Id">A number for the answer.</param>
    /// <param name="Key">Of which key.</param>
    /// <param name="Entry">The version.</param>
    /// <param name="Time">When it was there at the earliest, by the clock of stamps (<see cref="HybridClock"/>): who read it asked for it
    /// then; of what is written for the first time, its stamp's.</param>
    public sealed record Put(ulong Id, StorageKey Key, Entry Entry, ulong Time) : StorageMessage
    {
        /// <summary>Whether it is written for the first time.</summary>
        public bool IsNew => Time == Entry.Stamp.Time;
    }

    /// <summary>Keep this version for somebody who can't be reached, and give it to him when he can.</summary>
    public sealed record Hint(ulong Id, NodeId For, StorageKey Key, Entry Entry) : StorageMessage;

    /// <summary>It is kept.</summary>
    /// <param name="Id">Of the question.</param>
    /// <param name="WasThere">Whether the key was there before.</param>
    public sealed record Stored(ulong Id, bool WasThere) : StorageMessage;

    /// <summary>It is not kept: mine is later.</summary>
    /// <param name="Id">Of the question.</param>
    /// <param name="Stamp">How late.</param>
    /// <param name="WasThere">Whether the key is there.</param>
    public sealed record Newer(ulong Id, Stamp Stamp, bool WasThere) : StorageMessage;

    /// <summary>It can't be done here.</summary>
    /// <param name="Id">Of the question.</param>
    /// <param name="Fault">Why not.</param>
    public sealed record Unable(ulong Id, StorageFault Fault) : StorageMessage;

    /// <summary>Which keys of a database have you from this hash on?</summary>
    /// <param name="Id">A number for the answer.</param>
    /// <param name="Database">Which database.</param>
    /// <param name="From">The first hash.</param>
    /// <param name="About">About how many versions to look at, at most <see cref="ListMax"/>.</param>
    public sealed record List(ulong Id, int Database, ulong From, int About) : StorageMessage
    {
        /// <summary>How many versions are looked at for one question, at most.</summary>
        public const int ListMax = 1000;
    }

    /// <summary>These, tombstones too: all of a range of hashes.</summary>
    /// <param name="Id">Of the question.</param>
    /// <param name="Last">The last hash of the range.</param>
    /// <param name="Items">What is there, at most <see cref="ItemsMax"/>.</param>
    public sealed record Listed(ulong Id, ulong Last, IReadOnlyList<ShelfItem> Items) : StorageMessage
    {
        /// <summary>How many keys at most.</summary>
        public const int ItemsMax = 4096;

        private const int BytesAbout = 1 << 20;

        // Keys may be long, and many may have hashes close together: then it is a shorter range.
        internal static Listed Of(ulong id, int database, ShelfWalk walk)
        {
            List<ShelfItem> items = [];
            var bytes = 0;
            foreach (var item in walk.Items)
            {
                if (item.Key.Database != database)
                    continue;
                if ((bytes > BytesAbout || items.Count >= List.ListMax) && item.Hash != items[^1].Hash)
                    return new Listed(id, item.Hash - 1, items);
                if (items.Count == ItemsMax)
                    break; // of one hash: nobody has so many keys but to trouble others
                items.Add(item);
                bytes += item.Key.Name.Length;
            }

            return new Listed(id, walk.Last, items);
        }
    }

    /// <summary>How many keys of a database have you in these slots?</summary>
    public sealed record Count(ulong Id, int Database, SlotSet Slots) : StorageMessage;

    /// <summary>So many.</summary>
    public sealed record Counted(ulong Id, long Number) : StorageMessage;

    /// <summary>This is the map.</summary>
    public sealed record MapIs(SlotMap Map) : StorageMessage
    {
        /// <summary>Whether it is said to tell that the node has thrown away what it had; not sent.</summary>
        internal bool IsEmptied { get; init; }
    }

    /// <summary>Said to all, for whoever leads: under this map I have keys of these slots that are not mine.</summary>
    public sealed record Holds(Term Term, ulong Version, SlotSet Slots) : StorageMessage;

    /// <summary>Have you these tombstones of a slot, and is there nothing older that could come to you? Or: all have them, drop
    /// them.</summary>
    /// <param name="Id">A number for the answer.</param>
    /// <param name="Term">By which map.</param>
    /// <param name="Version">By which map.</param>
    /// <param name="Time">What the asker's clock says (<see cref="HybridClock"/>).</param>
    /// <param name="Slot">The slot.</param>
    /// <param name="IsDrop">Whether they are to be dropped: that is not answered.</param>
    /// <param name="Items">They, by the key's hash, at most <see cref="ItemsMax"/>.</param>
    public sealed record Bury(
        ulong Id, Term Term, ulong Version, ulong Time, byte Slot, bool IsDrop, IReadOnlyList<(ulong Hash, Stamp Stamp)> Items)
        : StorageMessage
    {
        /// <summary>How many at most.</summary>
        public const int ItemsMax = 1024;
    }

    /// <summary>These I have.</summary>
    /// <param name="Id">Of the question.</param>
    /// <param name="Time">What the clock says (<see cref="HybridClock"/>).</param>
    /// <param name="IsAble">Whether there is nothing older here on its way to others, as a hint or otherwise, by that map.</param>
    /// <param name="Hashes">Of the keys of which exactly that tombstone is kept; none if this node is no owner.</param>
    public sealed record Buried(ulong Id, ulong Time, bool IsAble, IReadOnlyList<ulong> Hashes) : StorageMessage;

    /// <summary>Tell me of changes of these keys, for a while.</summary>
    /// <param name="Heard">Which word on changes was heard last from whom this is said to; 0 for none.</param>
    /// <param name="Filters">Which keys, at most <see cref="WatchFilter.FiltersMax"/>; none for no more.</param>
    public sealed record Watch(ulong Heard, IReadOnlyList<WatchFilter> Filters) : StorageMessage;

    /// <summary>These have changed.</summary>
    /// <param name="Sequence">One more than the last time.</param>
    /// <param name="Missed">How many more there were, which are not told.</param>
    /// <param name="Items">They, at most <see cref="ItemsMax"/>, with names of <see cref="NameBytesMax"/> bytes in all.</param>
    public sealed record Changes(ulong Sequence, long Missed, IReadOnlyList<KeyChange> Items) : StorageMessage
    {
        /// <summary>How many at most.</summary>
        public const int ItemsMax = 1024;

        /// <summary>Bytes of their names at most.</summary>
        public const int NameBytesMax = 256 * 1024;
    }

    /// <summary>Are our copies of these slots alike?</summary>
    /// <param name="Term">By which map.</param>
    /// <param name="Version">By which map.</param>
    /// <param name="Time">What the asker's clock says (<see cref="HybridClock"/>).</param>
    /// <param name="Totals">Slots that both have, and the digest of each; none to ask about the map alone.</param>
    public sealed record Compare(Term Term, ulong Version, ulong Time, IReadOnlyList<(byte Slot, ulong Total)> Totals) : StorageMessage;

    /// <summary>This one is not: here are the digests of its parts, <see cref="SlotDigest.Buckets"/> of them.</summary>
    public sealed record Parts(byte Slot, IReadOnlyList<ulong> Digests) : StorageMessage;

    /// <summary>This part is not: here is all that I have of it.</summary>
    /// <param name="Slot">The slot.</param>
    /// <param name="Bucket">The part.</param>
    /// <param name="Heads">What is known of each version, by the key's hash, at most <see cref="HeadsMax"/>.</param>
    public sealed record Summary(byte Slot, byte Bucket, IReadOnlyList<(ulong Hash, Stamp Stamp, bool IsTombstone)> Heads) : StorageMessage
    {
        /// <summary>How many versions at most.</summary>
        public const int HeadsMax = 4096;
    }

    /// <summary>Give me your versions of these keys.</summary>
    /// <param name="Slot">The slot.</param>
    /// <param name="Bucket">The part.</param>
    /// <param name="Hashes">Of the keys, in order, at most <see cref="Summary.HeadsMax"/>.</param>
    public sealed record Want(byte Slot, byte Bucket, IReadOnlyList<ulong> Hashes) : StorageMessage;
}
