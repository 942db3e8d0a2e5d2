namespace Roj.Storage;

/// <summary>What a node's copy of one slot amounts to: a digest of each of its parts, by which two copies are compared without telling
/// what they hold, and how many keys each database has in it.</summary>
/// <remarks>It is built by a walk in the order of hashes, so that what is written meanwhile is known to be counted already, or to be
/// counted yet.</remarks>
public sealed class SlotDigest
{
    /// <summary>Parts of a slot: by the next six bits of the hash.</summary>
    public const int Buckets = 64;

    private readonly ulong[] digests = new ulong[Buckets];
    private readonly long[] counts = new long[StorageLimits.Databases];
    private ulong next; // hashes before it are counted

    internal SlotDigest(int slot)
    {
        First = (ulong)slot << 56;
        next = First;
    }

    /// <summary>Whether all is counted.</summary>
    public bool IsBuilt { get; private set; }

    /// <summary>Whether something could not be read when it was counted.</summary>
    public bool HasGaps { get; private set; }

    /// <summary>The digests of its parts.</summary>
    public IReadOnlyList<ulong> Digests => digests;

    /// <summary>The digest of all.</summary>
    public ulong Total
    {
        get
        {
            var total = 0UL;
            foreach (var digest in digests)
                total = Mix(total + digest);
            return total;
        }
    }

    internal ulong First { get; }

    /// <summary>Whether it has been compared by.</summary>
    internal bool IsUsed { get; set; }

    internal ulong LastHash => First | 0x00FF_FFFF_FFFF_FFFF;

    /// <summary>The part of a hash.</summary>
    public static int BucketOf(ulong hash) => (int)(hash >> 50) & (Buckets - 1);

    /// <summary>The first hash of a part.</summary>
    public static ulong FirstOf(int slot, int bucket) => ((ulong)slot << 56) | ((ulong)bucket << 50);

    /// <summary>The last hash of a part.</summary>
    public static ulong LastOf(int slot, int bucket) => FirstOf(slot, bucket) | ((1UL << 50) - 1);

    /// <summary>How many tombstones it has, by what is counted so far.</summary>
    public long Tombstones { get; private set; }

    /// <summary>How many keys it has that end at some time, by what is counted so far.</summary>
    public long Ending { get; private set; }

    /// <summary>How many keys of a database it has, by what is counted so far.</summary>
    public long CountOf(int database) => counts[database];

    internal void Step(IShelf shelf, int about)
    {
        var walk = shelf.Walk(next, about);
        foreach (var item in walk.Items)
            Count(item.Hash, item.Key.Database, item.Head, 1);
        HasGaps |= walk.HasGaps;
        IsBuilt = walk.Last >= LastHash;
        next = walk.Last + 1;
    }

    /// <summary>A version takes the place of another, or of none.</summary>
    internal void Change(ulong hash, int database, EntryHead? before, EntryHead? after)
    {
        if (!IsBuilt && hash >= next)
            return; // the walk comes to it yet
        if (before is { } old)
            Count(hash, database, old, -1);
        if (after is { } head)
            Count(hash, database, head, 1);
    }

    private void Count(ulong hash, int database, EntryHead head, int change)
    {
        var stamp = head.Stamp;
        var router = (ulong)stamp.Router.Value ^ (ulong)(stamp.Router.Value >> 64);
        digests[BucketOf(hash)] ^= Mix(Mix(Mix(hash + stamp.Time) + router) + stamp.Boot + (head.IsTombstone ? 1UL << 63 : 0));
        counts[database] += head.IsTombstone ? 0 : change;
        Tombstones += head.IsTombstone ? change : 0;
        Ending += !head.IsTombstone && head.ExpiresAt is not null ? change : 0;
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
