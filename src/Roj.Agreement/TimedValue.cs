using System.Buffers.Binary;

namespace Roj.Agreement;

/// <summary>What a key of the store holds, as the data of its register: bytes, and when they end.</summary>
/// <remarks>
/// <code>
/// data   1 flags (1: it ends) | 8 end, if it does | bytes
/// </code>
/// </remarks>
/// <param name="Bytes">What it holds, at most <see cref="BytesMax"/> bytes.</param>
/// <param name="EndsAt">When it ends, in milliseconds since 1970 (UTC); null for never.</param>
public readonly record struct TimedValue(ReadOnlyMemory<byte> Bytes, long? EndsAt)
{
    /// <summary>Bytes that a key holds at most.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    /// <summary>Bytes that stand before them at most.</summary>
    public const int HeadBytesMax = 1 + sizeof(long);

    private const byte Ends = 1;

    /// <summary>Whether its time is over.</summary>
    public bool IsOver(long unixMilliseconds) => EndsAt <= unixMilliseconds;

    /// <summary>Reads the data of a register, or only its beginning.</summary>
    /// <returns>Null if there is nothing, or nothing that makes sense.</returns>
    public static TimedValue? Read(ReadOnlyMemory<byte>? data)
    {
        if (data is not { Length: > 0 } bytes || bytes.Span[0] > Ends)
            return null;
        if (bytes.Span[0] == 0)
            return new TimedValue(bytes[1..], null);
        return bytes.Length < HeadBytesMax
            ? null
            : new TimedValue(bytes[HeadBytesMax..], BinaryPrimitives.ReadInt64BigEndian(bytes.Span[1..]));
    }

    /// <summary>As the data of a register.</summary>
    public byte[] Write()
    {
        var data = new byte[(EndsAt is null ? 1 : HeadBytesMax) + Bytes.Length];
        WriteHead(data);
        Bytes.Span.CopyTo(data.AsSpan(data.Length - Bytes.Length));
        return data;
    }

    /// <summary>What stands before the bytes alone.</summary>
    internal byte[] Head()
    {
        var head = new byte[EndsAt is null ? 1 : HeadBytesMax];
        WriteHead(head);
        return head;
    }

    private void WriteHead(Span<byte> data)
    {
        if (EndsAt is not { } end)
            return;
        data[0] = Ends;
        BinaryPrimitives.WriteInt64BigEndian(data[1..], end);
    }
}
