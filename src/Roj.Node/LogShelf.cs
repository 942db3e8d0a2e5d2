using Roj.Kernel;
using Roj.Log;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Node;

/// <summary>The store's copies, as the durable log has them: a key is its database, 1 byte, and its name; the key of a note begins with a
/// byte that is no database.</summary>
/// <param name="log">A log of the store's own, whose hashes are made from <see cref="HashSeed"/>.</param>
public sealed class LogShelf(DurableLog log) : IShelf
{
    /// <summary>The same at each node, so that all spread keys over slots alike.</summary>
    public static UInt128 HashSeed { get; } = new(0x524F4A53, 0x544F524147453031); // "ROJSTORAGE01"

    private const byte NoteLetter = 0x80;
    private const int StackBytes = 512;

    private readonly byte[] scratch = new byte[8 << 10];

    /// <inheritdoc/>
    public long Keys => log.Figures.Keys;

    /// <inheritdoc/>
    public ulong HashOf(StorageKey key)
    {
        var bytes = 1 + key.Name.Length <= StackBytes ? stackalloc byte[1 + key.Name.Length] : new byte[1 + key.Name.Length];
        return log.HashOf(Write((byte)key.Database, key.Name.Span, bytes));
    }

    /// <inheritdoc/>
    public ShelfFinding Find(StorageKey key, out Entry? entry, out bool isDurable)
    {
        entry = null;
        var bytes = 1 + key.Name.Length <= StackBytes ? stackalloc byte[1 + key.Name.Length] : new byte[1 + key.Name.Length];
        switch (log.Find(Write((byte)key.Database, key.Name.Span, bytes), out var value, out isDurable))
        {
            case LogFinding.Found:
                entry = EntryCodec.Read(value);
                return entry is null ? ShelfFinding.Damaged : ShelfFinding.Found;
            case LogFinding.Absent:
                return ShelfFinding.Absent;
            default:
                return ShelfFinding.Damaged;
        }
    }

    /// <inheritdoc/>
    public ShelfFinding FindHead(StorageKey key, out EntryHead head)
    {
        head = default;
        var bytes = 1 + key.Name.Length <= StackBytes ? stackalloc byte[1 + key.Name.Length] : new byte[1 + key.Name.Length];
        switch (log.FindHead(Write((byte)key.Database, key.Name.Span, bytes), EntryCodec.HeadBytesMax, out var value))
        {
            case LogFinding.Found when EntryCodec.ReadHead(value.Span) is { } found:
                head = found;
                return ShelfFinding.Found;
            case LogFinding.Absent:
                return ShelfFinding.Absent;
            default:
                return ShelfFinding.Damaged;
        }
    }

    /// <inheritdoc/>
    public bool Keep(StorageKey key, Entry entry)
    {
        var name = 1 + key.Name.Length <= StackBytes ? stackalloc byte[1 + key.Name.Length] : new byte[1 + key.Name.Length];
        var length = EntryCodec.LengthOf(entry);
        var bytes = length <= scratch.Length ? scratch.AsSpan(0, length) : new byte[length]; // the log makes a copy
        var writer = new ByteWriter(bytes);
        EntryCodec.Write(ref writer, entry);
        return log.Append(Write((byte)key.Database, key.Name.Span, name), bytes, isUrgent: entry.IsTombstone) is LogStatus.Done;
    }

    /// <inheritdoc/>
    public bool Drop(StorageKey key) => log.Remove(KeyOf((byte)key.Database, key.Name.Span)) is LogStatus.Done;

    /// <inheritdoc/>
    public ShelfWalk Walk(ulong from, int about)
    {
        var walk = log.Walk(from, about, EntryCodec.HeadBytesMax);
        List<ShelfItem> items = [];
        List<ReadOnlyMemory<byte>> notes = [];
        var hasGaps = false;
        foreach (var record in walk.Records)
        {
            if (record.Key.IsEmpty)
            {
                hasGaps = true; // damaged: whoever reads it is told, and who compares is given it
                continue;
            }

            var letter = record.Key.Span[0];
            if (letter == NoteLetter)
                notes.Add(record.Key[1..]);
            else if (letter < StorageLimits.Databases && EntryCodec.ReadHead(record.Head.Span) is { } head)
                items.Add(new ShelfItem(record.Hash, new StorageKey(letter, record.Key[1..]), head));
        }

        return new ShelfWalk(items, notes, walk.Last, hasGaps);
    }

    /// <inheritdoc/>
    public ShelfFinding FindNote(ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> value) =>
        log.Find(KeyOf(NoteLetter, name), out value, out _) switch
        {
            LogFinding.Found => ShelfFinding.Found,
            LogFinding.Absent => ShelfFinding.Absent,
            _ => ShelfFinding.Damaged,
        };

    /// <inheritdoc/>
    public bool KeepNote(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        log.Append(KeyOf(NoteLetter, name), value) is LogStatus.Done;

    /// <inheritdoc/>
    public bool DropNote(ReadOnlySpan<byte> name) => log.Remove(KeyOf(NoteLetter, name)) is LogStatus.Done;

    private static byte[] KeyOf(byte letter, ReadOnlySpan<byte> name)
    {
        var bytes = new byte[1 + name.Length];
        Write(letter, name, bytes);
        return bytes;
    }

    private static ReadOnlySpan<byte> Write(byte letter, ReadOnlySpan<byte> name, Span<byte> into)
    {
        into[0] = letter;
        name.CopyTo(into[1..]);
        return into;
    }
}
