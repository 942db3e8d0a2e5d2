namespace Roj.Storage;

/// <summary>One node's copies: of each key the latest version that it has been given.</summary>
internal sealed class Replica(IShelf shelf)
{
    private const int StepAbout = 256;

    private const int DamagedMax = 4096;

    private readonly SlotDigest?[] digests = new SlotDigest?[SlotMap.Slots];
    private readonly SortedSet<StorageKey> damaged = []; // which could not be read, though their heads may be known

    public IShelf Shelf => shelf;

    /// <summary>By which the next start knows how late the stamps are that were kept.</summary>
    public ClockNote Clock { get; } = new(shelf);

    /// <summary>Told of each change: the key, what was there before, and what is now.</summary>
    public Action<StorageKey, EntryHead?, EntryHead> Changed { get; set; } = (_, _, _) => { };

    /// <summary>Whether no version of any key is kept, the dead included.</summary>
    public bool IsEmpty
    {
        get
        {
            for (var from = 0UL; ;)
            {
                var walk = shelf.Walk(from, StepAbout);
                if (walk.Items.Count > 0 || walk.HasGaps)
                    return false;
                if (walk.Last == ulong.MaxValue)
                    return true;
                from = walk.Last + 1;
            }
        }
    }

    /// <summary>Whether a digest is asked for that is not built yet.</summary>
    public bool IsBuilding { get; private set; }

    /// <summary>What is kept of a key; its end, if its time is over: that is kept before it is told.</summary>
    public ShelfFinding Find(StorageKey key, long unix, out Entry? entry, out bool isDurable, StorageOutbox outbox)
    {
        var finding = shelf.Find(key, out entry, out isDurable);
        if (finding is ShelfFinding.Damaged)
        {
            if (damaged.Count < DamagedMax)
                damaged.Add(key);
            Distrust(key, outbox);
        }
        else if (entry is { } over && over.IsOver(unix))
        {
            entry = over.Ended();
            isDurable = false;
            Keep(key, entry, over.Head); // if there is no room for that, it is over all the same
        }

        return finding;
    }

    /// <summary>Keeps a version, unless the one that is kept is later.</summary>
    /// <param name="key">Of which key.</param>
    /// <param name="entry">The version.</param>
    /// <param name="before">What was kept before; null for nothing that can be read.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public Putting Put(StorageKey key, Entry entry, out EntryHead? before, StorageOutbox outbox)
    {
        var finding = damaged.Remove(key) ? FindWhole(key, out var head) : shelf.FindHead(key, out head);
        before = finding is ShelfFinding.Found ? head : null;
        if (finding is ShelfFinding.Damaged)
            Distrust(key, outbox);
        if (before is { } kept && !entry.Head.Beats(kept))
            return kept.Stamp == entry.Stamp ? Putting.Kept : Putting.Later; // the same was given before, or its end is known
        return Keep(key, entry, before) ? Putting.Kept : Putting.NoRoom;
    }

    /// <summary>Keeps nothing of a key any more, which others have.</summary>
    public bool Drop(StorageKey key, EntryHead kept)
    {
        var hash = shelf.HashOf(key);
        if (!shelf.Drop(key))
            return false;
        if (shelf.FindHead(key, out _) is ShelfFinding.Absent)
            digests[SlotMap.SlotOf(hash)]?.Change(hash, key.Database, kept, null);
        else
            digests[SlotMap.SlotOf(hash)] = null; // the disk fails: whether it is there is not known
        return true;
    }

    /// <summary>What could not be read when a slot was counted may be readable by now.</summary>
    public void Recount(int slot, bool isUsedOnly)
    {
        if (digests[slot] is { IsBuilt: true, HasGaps: true } digest && (digest.IsUsed || !isUsedOnly))
            digests[slot] = null;
    }

    /// <summary>The digest of a slot; null if it is not built yet.</summary>
    public SlotDigest? DigestOf(int slot)
    {
        var digest = digests[slot] ??= new SlotDigest(slot);
        IsBuilding |= !digest.IsBuilt;
        return digest.IsBuilt ? digest : null;
    }

    /// <summary>How many keys each database has, if all digests are built; null if not.</summary>
    public long[]? Counted()
    {
        var sums = new long[StorageLimits.Databases];
        foreach (var digest in digests)
        {
            if (digest is not { IsBuilt: true })
                return null;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += digest.CountOf(i);
        }

        return sums;
    }

    /// <summary>Goes on with building a digest.</summary>
    public void Build()
    {
        foreach (var digest in digests)
        {
            if (digest is not { IsBuilt: false })
                continue;
            digest.Step(shelf, StepAbout);
            return;
        }

        IsBuilding = false;
    }

    // Heads are known of what can't be read as a whole, too.
    private ShelfFinding FindWhole(StorageKey key, out EntryHead head)
    {
        var finding = shelf.Find(key, out var entry, out _);
        head = entry?.Head ?? default;
        return finding;
    }

    // What was counted of it is not known any more.
    private void Distrust(StorageKey key, StorageOutbox outbox)
    {
        digests[SlotMap.SlotOf(shelf.HashOf(key))] = null;
        outbox.Emit(new StorageEvent.Damaged(key));
    }

    private bool Keep(StorageKey key, Entry entry, EntryHead? before)
    {
        Clock.Keep(entry.Stamp.Time);
        if (!shelf.Keep(key, entry))
            return false;
        var hash = shelf.HashOf(key);
        digests[SlotMap.SlotOf(hash)]?.Change(hash, key.Database, before, entry.Head);
        Changed(key, before, entry.Head);
        return true;
    }
}
