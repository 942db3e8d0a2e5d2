using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Simulation.Storage;

/// <summary>A shelf that tells what is put on it.</summary>
internal sealed class StoreShelf(IShelf shelf, StoreWatch watch) : IShelf
{
    public long Keys => shelf.Keys;

    public ulong HashOf(StorageKey key) => shelf.HashOf(key);

    public ShelfFinding Find(StorageKey key, out Entry? entry, out bool isDurable) => shelf.Find(key, out entry, out isDurable);

    public ShelfFinding FindHead(StorageKey key, out EntryHead head) => shelf.FindHead(key, out head);

    public bool Keep(StorageKey key, Entry entry)
    {
        var isKept = shelf.Keep(key, entry);
        if (isKept)
            watch.Kept(key, entry);
        return isKept;
    }

    public bool Drop(StorageKey key) => shelf.Drop(key);

    public ShelfWalk Walk(ulong from, int about) => shelf.Walk(from, about);

    public ShelfFinding FindNote(ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> value) => shelf.FindNote(name, out value);

    public bool KeepNote(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var isKept = shelf.KeepNote(name, value);
        if (isKept && Hints.TargetOf(name) is not null && EntryCodec.Read(value.ToArray()) is { } entry)
            watch.Kept(Hints.KeyOf(name.ToArray()), entry);
        return isKept;
    }

    public bool DropNote(ReadOnlySpan<byte> name) => shelf.DropNote(name);
}
