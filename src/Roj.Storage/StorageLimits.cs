using Roj.Agreement;

namespace Roj.Storage;

/// <summary>How much a store takes.</summary>
public static class StorageLimits
{
    /// <summary>Bytes of a key at most; at least one.</summary>
    public const int KeyBytesMax = 64 * 1024;

    /// <summary>Bytes of a value at most; it may be empty.</summary>
    public const int ValueBytesMax = TimedValue.BytesMax;

    /// <summary>Bytes of a pattern for names at most: matching takes time in proportion to pattern times name.</summary>
    public const int PatternBytesMax = 4 * 1024;

    /// <summary>How many databases there are, numbered from 0: as many as Redis has by default.</summary>
    public const int Databases = 16;
}
