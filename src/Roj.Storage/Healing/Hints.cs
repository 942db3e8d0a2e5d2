using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Writes that are kept for owners who can't be reached (the seed's table and buffer), on the shelf, and given to them when they
/// can.</summary>
/// <remarks>A hint is a version like any other, so it may come late, twice, or not at all: it only ever brings a replica nearer to the
/// others. One that nobody else has is kept until somebody has it.</remarks>
internal sealed class Hints(StoreSettings settings, IShelf shelf)
{
    /// <summary>How many are on their way to one node.</summary>
    public const int WindowMax = 32;

    private const int StepAbout = 256;
    private const int ReadingsMax = 10; // the last some 17 minutes after the first
    private const byte Letter = (byte)'h';

    private static readonly byte[] anyNote = "hints"u8.ToArray();
    private static readonly TimeSpan readPause = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<NodeId, SortedDictionary<StorageKey, (EntryHead Head, long Bytes)>> kept = [];
    private ulong? unread; // of an earlier start: where the walk goes on
    private Instant readAt;
    private int readings; // that have come to the end
    private bool hasGaps;
    private long count;
    private long bytes;

    /// <summary>How many are kept.</summary>
    public long Count => count;

    /// <summary>Bytes of what they hold.</summary>
    public long Bytes => bytes;

    /// <summary>For whom.</summary>
    public IReadOnlyCollection<NodeId> Targets => kept.Keys;

    /// <summary>Whether those of an earlier start are not all known yet.</summary>
    public bool IsReading => unread is not null;

    /// <summary>When <see cref="Read"/> is next due.</summary>
    public Instant? Deadline => unread is null ? null : readAt;

    /// <summary>Finds out whether there are some from an earlier start.</summary>
    public void Start(Instant now) => (unread, readAt) = (shelf.FindNote(anyNote, out _) is ShelfFinding.Absent ? null : 0, now);

    /// <summary>Goes on looking for those of an earlier start.</summary>
    public void Read(Instant now)
    {
        if (unread is not { } from || readAt > now)
            return;
        var walk = shelf.Walk(from, StepAbout);
        hasGaps |= walk.HasGaps;
        foreach (var note in walk.Notes)
        {
            if (TargetOf(note.Span) is not { } target)
                continue;
            if (shelf.FindNote(note.Span, out var value) is ShelfFinding.Found && EntryCodec.ReadHead(value.Span) is { } head)
                Add(target, KeyOf(note), head, value.Length);
            else
                hasGaps = true;
        }

        unread = walk.Last == ulong.MaxValue ? null : walk.Last + 1;
        if (unread is null && hasGaps && ++readings < ReadingsMax)
        {
            // What can't be read now may be readable later, and must not be found by the next start only: what it was older than may be
            // forgotten by then.
            (unread, hasGaps, readAt) = (0, false, now + (readPause * (1 << readings)));
        }

        Rest();
    }

    /// <summary>How many are kept for somebody.</summary>
    public long CountFor(NodeId target) => kept.TryGetValue(target, out var some) ? some.Count : 0;

    /// <summary>Keeps one.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool Keep(Moment at, NodeId target, StorageKey key, Entry entry, StorageOutbox outbox)
    {
        var name = NameOf(target, key);
        // What is known of it is known though the disk fails to tell.
        var before = kept.GetValueOrDefault(target)?.TryGetValue(key, out var known) is true ? known.Head : Find(name)?.Head;
        if (before is { } head)
        {
            if (!entry.Head.Beats(head))
                return true;
        }
        else if (count >= settings.HintsMax)
        {
            return false;
        }

        var value = EntryCodec.Write(entry);
        if (bytes + value.Length > settings.HintBytesMax)
            return false;
        if (count == 0 && unread is null && !shelf.KeepNote(anyNote, [1]))
            return false;
        if (!shelf.KeepNote(name, value))
            return false;
        if (!kept.ContainsKey(target))
            outbox.Emit(new StorageEvent.Hinting(target));
        Add(target, key, entry.Head, value.Length);
        return true;
    }

    /// <summary>All that are kept.</summary>
    public IEnumerable<(NodeId For, StorageKey Key, EntryHead Head)> All =>
        kept.SelectMany(some => some.Value.Select(one => (some.Key, one.Key, one.Value.Head)));

    /// <summary>The latest version of a key that is kept for one of these; null if none is.</summary>
    public Entry? LatestFor(IEnumerable<NodeId> targets, StorageKey key)
    {
        (NodeId For, EntryHead Head)? latest = null;
        foreach (var target in targets)
        {
            if (kept.TryGetValue(target, out var some) && some.TryGetValue(key, out var one)
                && (latest is null || one.Head.Beats(latest.Value.Head)))
                latest = (target, one.Head);
        }

        return latest is var (holder, _) ? Find(NameOf(holder, key)) : null;
    }

    /// <summary>Some of those that are kept for somebody, from a key on.</summary>
    public IReadOnlyList<(StorageKey Key, Entry Entry)> Some(NodeId target, Func<StorageKey, bool> isWanted)
    {
        List<(StorageKey, Entry)> some = [];
        foreach (var key in kept.TryGetValue(target, out var all) ? all.Keys.Where(isWanted).Take(WindowMax) : [])
        {
            if (Find(NameOf(target, key)) is { } entry)
                some.Add((key, entry));
        }

        return some;
    }

    /// <summary>One has been given to whom it was for, or to all who are owners now.</summary>
    /// <returns>False if there is no room to say so: then it is kept, and given once more.</returns>
    public bool Drop(NodeId target, StorageKey key, Stamp stamp)
    {
        var name = NameOf(target, key);
        if (!kept.TryGetValue(target, out var some) || !some.TryGetValue(key, out var known) || known.Head.Stamp != stamp)
            return true; // another has taken its place meanwhile
        if (!shelf.DropNote(name))
            return false;
        some.Remove(key);
        (count, bytes) = (count - 1, bytes - known.Bytes);
        if (some.Count == 0)
            kept.Remove(target);
        Rest();
        return true;
    }

    /// <summary>Throws all away that are known.</summary>
    /// <returns>False if there is no room to say so of all of them.</returns>
    public bool Clear() => kept.ToArray().All(some =>
        some.Value.ToArray().All(one => Drop(some.Key, one.Key, one.Value.Head.Stamp)));

    private void Rest()
    {
        if (count == 0 && unread is null)
            shelf.DropNote(anyNote);
    }

    private void Add(NodeId target, StorageKey key, EntryHead head, int length)
    {
        if (!kept.TryGetValue(target, out var some))
            kept.Add(target, some = []);
        var isNew = !some.TryGetValue(key, out var before);
        some[key] = (head, length);
        (count, bytes) = (count + (isNew ? 1 : 0), bytes + length - before.Bytes);
    }

    private Entry? Find(byte[] name) => shelf.FindNote(name) is { } value ? EntryCodec.Read(value) : null;

    internal static byte[] NameOf(NodeId target, StorageKey key)
    {
        var name = new byte[1 + NodeId.Length + 1 + key.Name.Length];
        var writer = new ByteWriter(name);
        writer.Byte(Letter);
        writer.UInt128(target.Value);
        writer.Byte((byte)key.Database);
        writer.Bytes(key.Name.Span);
        return name;
    }

    internal static NodeId? TargetOf(ReadOnlySpan<byte> note)
    {
        var reader = new ByteReader(note);
        var isHint = reader.Byte() == Letter;
        var target = new NodeId(reader.UInt128());
        return isHint && reader.Byte() < StorageLimits.Databases && !reader.Failed && !reader.Rest.IsEmpty ? target : null;
    }

    internal static StorageKey KeyOf(ReadOnlyMemory<byte> note) =>
        new(note.Span[1 + NodeId.Length], note[(1 + NodeId.Length + 1)..]);
}
