namespace Roj.Storage;

/// <summary>Of which keys changes are told.</summary>
/// <param name="Database">Of which database; null for all.</param>
/// <param name="Prefix">What their names begin with, at most <see cref="PrefixBytesMax"/> bytes; it must not change any more.</param>
public readonly record struct WatchFilter(int? Database, ReadOnlyMemory<byte> Prefix)
{
    /// <summary>Bytes of a prefix at most.</summary>
    public const int PrefixBytesMax = 1024;

    /// <summary>How many a node has for all who watch there, at most.</summary>
    public const int FiltersMax = 16;

    /// <summary>Whether a key is one of them.</summary>
    public bool Matches(StorageKey key) => (Database ?? key.Database) == key.Database && key.Name.Span.StartsWith(Prefix.Span);
}
