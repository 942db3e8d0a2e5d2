using Roj.Kernel;

namespace Roj.Storage.Wire;

/// <summary>A version as it is kept and sent: stamp 28, flags 1 (1 tombstone, 2 it expires), then when it expires 8, then what it
/// holds. All numbers are big-endian.</summary>
public static class EntryCodec
{
    /// <summary>Bytes of all but what it holds, at most: of a kept version these are enough for
    /// <see cref="ReadHead(ReadOnlySpan{byte})"/>.</summary>
    public const int HeadBytesMax = Stamp.Length + 1 + sizeof(long);

    private const byte TombstoneFlag = 1;
    private const byte ExpiresFlag = 2;

    /// <summary>How many bytes a version takes.</summary>
    public static int LengthOf(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return LengthOf(entry.Head) + (entry.Data?.Length ?? 0);
    }

    /// <summary>Writes a version into <see cref="LengthOf(Entry)"/> bytes.</summary>
    public static void Write(ref ByteWriter writer, Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Write(ref writer, entry.Head);
        if (entry.Data is { } data)
            writer.Bytes(data.Span);
    }

    /// <summary>A version in an array of its own.</summary>
    public static byte[] Write(Entry entry)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(LengthOf(entry));
        var writer = new ByteWriter(bytes);
        Write(ref writer, entry);
        return bytes;
    }

    /// <summary>Reads a whole version, whose data stays where it is; null if it makes no sense.</summary>
    public static Entry? Read(ReadOnlyMemory<byte> bytes)
    {
        if (ReadHead(bytes.Span) is not { } head)
            return null;
        var data = bytes[(Stamp.Length + 1 + (head.ExpiresAt is null ? 0 : sizeof(long)))..];
        if (head.IsTombstone)
            return data.IsEmpty && head.ExpiresAt is null ? new Entry(head.Stamp, null) : null;
        return data.Length <= StorageLimits.ValueBytesMax ? new Entry(head.Stamp, data, head.ExpiresAt) : null;
    }

    /// <summary>Reads the beginning of a version; null if it makes no sense.</summary>
    public static EntryHead? ReadHead(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        return ReadHead(ref reader);
    }

    internal static int LengthOf(EntryHead head) => Stamp.Length + 1 + (head.ExpiresAt is null ? 0 : sizeof(long));

    internal static void Write(ref ByteWriter writer, EntryHead head)
    {
        head.Stamp.Write(ref writer);
        writer.Byte((byte)((head.IsTombstone ? TombstoneFlag : 0) | (head.ExpiresAt is null ? 0 : ExpiresFlag)));
        if (head.ExpiresAt is { } at)
            writer.UInt64((ulong)at);
    }

    internal static EntryHead? ReadHead(ref ByteReader reader)
    {
        var stamp = Stamp.Read(ref reader);
        var flags = reader.Byte();
        long? expiresAt = (flags & ExpiresFlag) != 0 ? (long)reader.UInt64() : null;
        var isSound = !reader.Failed && flags <= (TombstoneFlag | ExpiresFlag) && stamp.Time < HybridClock.TimeMax;
        return isSound ? new EntryHead(stamp, (flags & TombstoneFlag) != 0, expiresAt) : null;
    }
}
