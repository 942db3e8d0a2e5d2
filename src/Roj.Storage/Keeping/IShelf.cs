namespace Roj.Storage;

/// <summary>Where a node keeps its versions of keys, and notes about them. What is kept is found at once; it is durable when the host lets
/// out what rests on it.</summary>
/// <remarks>All shelves of a cluster give a key the same hash, and walk through keys in its order.</remarks>
public interface IShelf
{
    /// <summary>Keys whose values are kept here, those of hints too, the dead included.</summary>
    long Keys { get; }

    /// <summary>The hash of a key, the same at each node: its first byte is the key's slot.</summary>
    ulong HashOf(StorageKey key);

    /// <summary>Finds the version of a key that is kept.</summary>
    /// <param name="key">Which.</param>
    /// <param name="entry">The version; null if nothing is found.</param>
    /// <param name="isDurable">Whether what is found, be it nothing, is durable already.</param>
    ShelfFinding Find(StorageKey key, out Entry? entry, out bool isDurable);

    /// <summary>Finds what is known of it without what it holds.</summary>
    ShelfFinding FindHead(StorageKey key, out EntryHead head);

    /// <summary>Keeps a version instead of the one that is kept.</summary>
    /// <returns>False if there is no room for it.</returns>
    bool Keep(StorageKey key, Entry entry);

    /// <summary>Keeps nothing of a key any more.</summary>
    /// <returns>False if there is no room to say so: then it is there as before.</returns>
    bool Drop(StorageKey key);

    /// <summary>Goes through what is kept, in the order of hashes.</summary>
    /// <param name="from">0, or behind <see cref="ShelfWalk.Last"/>.</param>
    /// <param name="about">About how many.</param>
    ShelfWalk Walk(ulong from, int about);

    /// <summary>Finds a note.</summary>
    ShelfFinding FindNote(ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> value);

    /// <summary>Finds a note.</summary>
    /// <returns>Null if there is none, or it can't be read.</returns>
    ReadOnlyMemory<byte>? FindNote(ReadOnlySpan<byte> name) => FindNote(name, out var value) is ShelfFinding.Found ? value : null;

    /// <summary>Keeps a note.</summary>
    /// <returns>False if there is no room for it.</returns>
    bool KeepNote(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>Takes a note away.</summary>
    /// <returns>False if there is no room to say so: then it is there as before.</returns>
    bool DropNote(ReadOnlySpan<byte> name);
}
