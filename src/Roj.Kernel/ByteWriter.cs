using System.Buffers.Binary;

namespace Roj.Kernel;

/// <summary>Writes big-endian numbers and bytes to the front of a span that is known to be long enough.</summary>
/// <remarks>
/// Every write throws <see cref="ArgumentOutOfRangeException"/> when the span is too short: that is the caller's mistake.
/// </remarks>
public ref struct ByteWriter(Span<byte> output)
{
    private readonly Span<byte> output = output;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Writes one byte.</summary>
    public void Byte(byte value) => Next(1)[0] = value;

    /// <summary>Writes two bytes.</summary>
    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Next(2), value);

    /// <summary>Writes four bytes.</summary>
    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(4), value);

    /// <summary>Writes eight bytes.</summary>
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Next(8), value);

    /// <summary>Writes sixteen bytes.</summary>
    public void UInt128(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Next(16), value);

    /// <summary>Writes <paramref name="bytes"/> as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Next(bytes.Length));

    private Span<byte> Next(int count)
    {
        var span = output.Slice(Written, count);
        Written += count;
        return span;
    }
}
