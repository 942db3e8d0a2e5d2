using Roj.Kernel;

namespace Roj.Membership.Sealing;

/// <summary>What stands in front of a sealed datagram: not secret, but nothing in it can be changed.</summary>
/// <param name="KeyId">Which key it is sealed with (its name, which gives nothing away).</param>
/// <param name="Node">Whose it is.</param>
/// <param name="Session">Which process of that node: a random number, never 0.</param>
/// <param name="Counter">Which datagram of that process, from 1 on: the nonce.</param>
public readonly record struct SealHeader(uint KeyId, UInt128 Node, ulong Session, ulong Counter)
{
    /// <summary>Bytes of it.</summary>
    public const int Length = 41;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "ROJS"u8;

    /// <summary>Whether a datagram says of itself that it is sealed, in this version or another.</summary>
    public static bool IsOne(ReadOnlySpan<byte> datagram) => datagram.StartsWith(Magic);

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> output)
    {
        var writer = new ByteWriter(output);
        writer.Bytes(Magic);
        writer.Byte(Version);
        writer.UInt32(KeyId);
        writer.UInt128(Node);
        writer.UInt64(Session);
        writer.UInt64(Counter);
    }

    /// <summary>Reads it; false if that is no header of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out SealHeader header)
    {
        header = default;
        if (datagram.Length < Length || !IsOne(datagram) || datagram[Magic.Length] != Version)
            return false;
        var reader = new ByteReader(datagram[(Magic.Length + 1)..]);
        header = new SealHeader(reader.UInt32(), reader.UInt128(), reader.UInt64(), reader.UInt64());
        return header is { Session: > 0, Counter: > 0 };
    }
}
