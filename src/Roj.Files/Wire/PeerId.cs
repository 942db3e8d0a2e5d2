using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Roj.Kernel;

namespace Roj.Files.Wire;

/// <summary>What a peer calls itself for as long as it runs (BEP 3); its first bytes tell the program (BEP 20).</summary>
/// <param name="High">The first 16 bytes, big-endian.</param>
/// <param name="Low">The last 4 bytes, big-endian.</param>
public readonly record struct PeerId(UInt128 High, uint Low) : IComparable<PeerId>
{
    /// <summary>Bytes of an id.</summary>
    public const int Length = 20;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static ReadOnlySpan<byte> Prefix => "-RJ0001-"u8;

    /// <summary>Whether it says that this is Roj, of any version. Anyone can say so.</summary>
    public bool IsRoj => High >> 104 == 0x2D524A; // -RJ

    /// <summary>A fresh id: <c>-RJ0001-</c> and twelve letters and digits.</summary>
    public static PeerId Create(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        Span<byte> bytes = stackalloc byte[Length];
        Prefix.CopyTo(bytes);
        foreach (ref var free in bytes[Prefix.Length..])
            free = (byte)Alphabet[rng.Next(Alphabet.Length)];
        return Read(bytes);
    }

    /// <summary>Reads the first 20 bytes of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public static PeerId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));

    /// <summary>Writes 20 bytes to the front of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is too short.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Low);
    }

    /// <summary>By the bytes, so that two peers agree which of them is the smaller.</summary>
    public int CompareTo(PeerId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>The bytes as text; those that are no visible ASCII, and the backslash, as <c>\x</c> and two digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        var text = new StringBuilder(Length);
        foreach (var b in bytes)
        {
            if (b is > 0x20 and < 0x7F and not (byte)'\\')
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        return text.ToString();
    }
}
