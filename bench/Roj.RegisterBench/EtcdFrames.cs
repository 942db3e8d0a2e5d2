using System.Buffers.Binary;
using System.Text;

namespace Roj.RegisterBench;

/// <summary>The frames of HTTP/2 (RFC 9113) that a change in etcd takes: gRPC, and in it protocol buffers.</summary>
internal static class EtcdFrames
{
    /// <summary>What precedes every frame: its length in three bytes, its kind, its flags, its stream in four.</summary>
    public const int HeadBytes = 9;

    /// <summary>The most bytes that the frames of one change have.</summary>
    public const int PutBytesMax = 512;

    /// <summary>The kind of a frame with content.</summary>
    public const byte Data = 0;

    /// <summary>The kind of a frame with headers, or with the trailers that end an answer.</summary>
    public const byte Headers = 1;

    /// <summary>The kind of a frame that ends a stream in an error.</summary>
    public const byte Reset = 3;

    /// <summary>The kind of a frame with settings.</summary>
    public const byte Settings = 4;

    /// <summary>The kind of a frame that is to be sent back.</summary>
    public const byte Ping = 6;

    /// <summary>The kind of a frame that ends a connection.</summary>
    public const byte GoAway = 7;

    /// <summary>The flag of the last frame of a stream.</summary>
    public const byte EndStream = 1;

    /// <summary>The flag of an answer to settings, or to a ping.</summary>
    public const byte Acknowledged = 1;

    private const byte WindowUpdate = 8;
    private const byte EndHeaders = 4;
    private const int InitialWindow = 65_535; // RFC 9113, 6.9.2
    private const int MessageHeadBytes = 5; // gRPC: not compressed (0), then the length in four bytes, big-endian
    private const int FieldMax = 127; // a length of one byte

    // RFC 7541: POST and http are entries 3 and 6 of the static table; the four headers of the first request are kept in the dynamic one
    // (40: by a new name; 41, 44, 5F: by the name of entry 1, 4, 31), where the newest is entry 62.
    private static ReadOnlySpan<byte> LaterHeaders => [0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE];

    /// <summary>What a client says first: the preface, settings, and that nobody need wait for us to take more than 64 KiB.</summary>
    public static byte[] Greeting()
    {
        var bytes = new byte[24 + HeadBytes + HeadBytes + 4];
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(bytes);
        WriteHead(bytes.AsSpan(24), 0, Settings, 0, 0);
        WriteHead(bytes.AsSpan(24 + HeadBytes), 4, WindowUpdate, 0, 0);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(24 + HeadBytes + HeadBytes), int.MaxValue - InitialWindow);
        return bytes;
    }

    /// <summary>The headers of the first request on a connection.</summary>
    /// <param name="authority">Whom it is for.</param>
    /// <param name="method">What is asked for, of all requests on it.</param>
    public static byte[] FirstHeaders(string authority, string method) =>
    [
        0x83, 0x86,
        0x44, .. Text(method),
        0x41, .. Text(authority),
        0x5F, .. Text("application/grpc"),
        0x40, .. Text("te"), .. Text("trailers"),
    ];

    /// <summary>Writes a frame's head, and gives back its length.</summary>
    public static int WriteHead(Span<byte> into, int length, byte kind, byte flags, int stream)
    {
        BinaryPrimitives.WriteInt32BigEndian(into, (length << 8) | kind);
        into[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(into[5..], stream);
        return HeadBytes;
    }

    /// <summary>
    /// Writes a change, or without a value a reading, and gives back how many bytes that are.
    /// <code>
    /// HEADERS; DATA: 00 length  PutRequest: 0A length key 12 length value
    ///                           RangeRequest: 0A length key
    /// </code>
    /// </summary>
    /// <param name="into">At least <see cref="PutBytesMax"/>.</param>
    /// <param name="stream">The number of the stream.</param>
    /// <param name="firstHeaders"><see cref="FirstHeaders"/> on the first, or empty.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; empty for a reading.</param>
    /// <exception cref="ArgumentException">The key or the value is longer than 127 bytes.</exception>
    public static int WritePut(
        Span<byte> into, int stream, ReadOnlySpan<byte> firstHeaders, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length > FieldMax || value.Length > FieldMax)
            throw new ArgumentException($"keys and values of this bench have {FieldMax} bytes at most", nameof(key));
        var headers = firstHeaders.IsEmpty ? LaterHeaders : firstHeaders;
        var at = WriteHead(into, headers.Length, Headers, EndHeaders, stream);
        headers.CopyTo(into[at..]);
        at += headers.Length;
        var messageBytes = 2 + key.Length + (value.IsEmpty ? 0 : 2 + value.Length);
        at += WriteHead(into[at..], MessageHeadBytes + messageBytes, Data, EndStream, stream);
        into[at] = 0;
        BinaryPrimitives.WriteInt32BigEndian(into[(at + 1)..], messageBytes);
        at += MessageHeadBytes;
        at += WriteField(into[at..], 0x0A, key);
        return value.IsEmpty ? at : at + WriteField(into[at..], 0x12, value);
    }

    private static int WriteField(Span<byte> into, byte tag, ReadOnlySpan<byte> bytes)
    {
        into[0] = tag;
        into[1] = (byte)bytes.Length;
        bytes.CopyTo(into[2..]);
        return 2 + bytes.Length;
    }

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
