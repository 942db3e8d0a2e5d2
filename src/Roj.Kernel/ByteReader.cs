using System.Buffers.Binary;

namespace Roj.Kernel;

/// <summary>Reads big-endian numbers and bytes from the front of a span.</summary>
/// <remarks>Past the end every read fails and the reader stays failed.</remarks>
public ref struct ByteReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> rest = input;

    /// <summary>Whether a read went past the end.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => rest;

    /// <summary>One byte; 0 once failed.</summary>
    public byte Byte() => Take(1) is { Length: 1 } bytes ? bytes[0] : (byte)0;

    /// <summary>Two bytes; 0 once failed.</summary>
    public ushort UInt16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    /// <summary>Four bytes; 0 once failed.</summary>
    public uint UInt32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

    /// <summary>Eight bytes; 0 once failed.</summary>
    public ulong UInt64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;

    /// <summary>Sixteen bytes; 0 once failed.</summary>
    public UInt128 UInt128() => Take(16) is { Length: 16 } bytes ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : 0;

    /// <summary>The next <paramref name="count"/> bytes, not copied; empty once failed.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || (uint)count > (uint)rest.Length)
        {
            Failed = true;
            return default;
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
