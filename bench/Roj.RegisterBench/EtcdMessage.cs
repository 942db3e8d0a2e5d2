using System.Buffers.Binary;

namespace Roj.RegisterBench;

/// <summary>Messages to etcd: protocol buffers, framed as gRPC frames them.</summary>
internal static class EtcdMessage
{
    private const int PrefixBytes = 5; // not compressed (0), then how long the message is, in four bytes, big-endian
    private const int FieldMax = 127; // a length of one byte

    /// <summary>
    /// <code>
    /// PutRequest: 0A length key 12 length value
    /// </code>
    /// </summary>
    /// <exception cref="ArgumentException">The key or the value is longer than 127 bytes.</exception>
    public static byte[] Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length > FieldMax || value.Length > FieldMax)
            throw new ArgumentException($"keys and values of this bench have {FieldMax} bytes at most", nameof(key));
        var message = new byte[PrefixBytes + 2 + key.Length + 2 + value.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - PrefixBytes);
        message[PrefixBytes] = 0x0A;
        message[PrefixBytes + 1] = (byte)key.Length;
        key.CopyTo(message.AsSpan(PrefixBytes + 2));
        var rest = message.AsSpan(PrefixBytes + 2 + key.Length);
        rest[0] = 0x12;
        rest[1] = (byte)value.Length;
        value.CopyTo(rest[2..]);
        return message;
    }
}
