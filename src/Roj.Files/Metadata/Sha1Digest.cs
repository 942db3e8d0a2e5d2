using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Roj.Files.Metadata;

/// <summary>A SHA-1 (FIPS 180-4): what BEP 3 names pieces and files by.</summary>
/// <param name="High">The first 16 bytes, big-endian.</param>
/// <param name="Low">The last 4 bytes, big-endian.</param>
public readonly record struct Sha1Digest(UInt128 High, uint Low) : IComparable<Sha1Digest>
{
    /// <summary>Bytes of a digest.</summary>
    public const int Length = 20;

    /// <summary>Whether this is the digest of nothing known: all zeros.</summary>
    public bool IsZero => High == 0 && Low == 0;

    /// <summary>The digest of <paramref name="bytes"/>.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "BEP 3 names pieces by SHA-1.")]
    public static Sha1Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Length];
        SHA1.HashData(bytes, digest);
        return Read(digest);
    }

    /// <summary>Reads the first 20 bytes of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public static Sha1Digest Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));

    /// <summary>Writes 20 bytes to the front of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is too short.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Low);
    }

    /// <summary>Reads exactly 40 hexadecimal digits, of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sha1Digest digest)
    {
        digest = default;
        if (text.Length != 2 * Length)
            return false;
        if (!UInt128.TryParse(text[..32], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high))
            return false;
        if (!uint.TryParse(text[32..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            return false;
        digest = new Sha1Digest(high, low);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Sha1Digest other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x32}{Low:x8}");
}
