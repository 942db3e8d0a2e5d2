using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Roj.Host.Security;

/// <summary>The one secret of a cluster: whoever holds it is let in, and everything else that is secret is derived from it.</summary>
/// <remarks>Written as <c>roj1-</c> and 58 characters of base32 (RFC 4648, section 6, in small letters): 32 bytes and the first four of
/// their SHA-256, so that a letter that was mistyped is noticed before nobody answers.</remarks>
public sealed class ClusterKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    /// <summary>Letters of a key as text.</summary>
    public const int TextLength = 63;

    private const string Prefix = "roj1-";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int ChecksumLength = 4;
    private const string Mistyped = "has a checksum, and this one's does not fit: a letter is wrong";

    private readonly byte[] secret;

    private ClusterKey(byte[] secret)
    {
        this.secret = secret;
        Id = BinaryPrimitives.ReadUInt32BigEndian(Derive("id", default, sizeof(uint)));
    }

    /// <summary>What tells keys apart without giving one away: part of every sealed datagram.</summary>
    public uint Id { get; }

    /// <summary>A new one, from the system's random bytes.</summary>
    public static ClusterKey Create() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Reads a key as <see cref="Reveal"/> writes it; spaces and line ends around it are no part of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The key; null if it is none.</param>
    /// <param name="fault">What is wrong with it, as the end of a sentence; it does not repeat the text.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ClusterKey? key, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        (key, fault) = (null, null);
        text = text.Trim();
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            fault = $"begins with {Prefix}, this does not";
        else if (text.Length != TextLength)
            fault = $"has {TextLength} characters, this has {text.Length}";
        else if (Decode(text.AsSpan(Prefix.Length)) is not { } bytes)
            fault = "has letters and the digits 2 to 7 only";
        else if (!SHA256.HashData(bytes.AsSpan(0, Length)).AsSpan(0, ChecksumLength).SequenceEqual(bytes.AsSpan(Length)))
            fault = Mistyped;
        else if (new ClusterKey(bytes[..Length]) is var read && !read.Reveal().Equals(text, StringComparison.OrdinalIgnoreCase))
            fault = Mistyped; // in the last letter, of which two bits are no part of the key
        else
            key = read;
        return fault is null;
    }

    /// <summary>The secret as text: for the file that it is kept in, and for nothing that is logged.</summary>
    public string Reveal()
    {
        Span<byte> bytes = [.. secret, .. SHA256.HashData(secret).AsSpan(0, ChecksumLength)];
        var text = new StringBuilder(Prefix, TextLength);
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text.Append(Alphabet[(pair >> (11 - bit % 8)) & 31]);
        }

        return text.ToString();
    }

    /// <summary>Bytes that only holders of the key can make (HKDF with SHA-256, RFC 5869, salt <c>roj/v1</c>).</summary>
    /// <param name="purpose">What they are for: no two uses share bytes.</param>
    /// <param name="context">Whose they are, if there are several.</param>
    /// <param name="length">How many.</param>
    public byte[] Derive(string purpose, ReadOnlySpan<byte> context, int length)
    {
        Span<byte> info = [.. Encoding.ASCII.GetBytes(purpose), 0, .. context];
        var output = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, output, "roj/v1"u8, info);
        return output;
    }

    /// <summary>Names the key without giving it away.</summary>
    public override string ToString() => $"key {Id:x8}";

    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Length + ChecksumLength];
        for (var i = 0; i < text.Length; i++)
        {
            var value = Alphabet.IndexOf(char.ToLowerInvariant(text[i]), StringComparison.Ordinal);
            if (value < 0)
                return null;
            var (at, shift) = (i * 5 / 8, 11 - i * 5 % 8);
            bytes[at] |= (byte)((value << shift) >> 8);
            if (at + 1 < bytes.Length)
                bytes[at + 1] |= (byte)(value << shift);
        }

        return bytes;
    }
}
