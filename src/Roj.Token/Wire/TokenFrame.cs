using System.Text;
using Roj.Kernel;

namespace Roj.Token.Wire;

/// <summary>What nodes say to each other about a token by TCP, as a frame of a stream. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  +----------+-----------+--------+---+--------+   take, fetched: stamp | data;      taken: stamp | 4 boot;
///  | 4 length | 1 version | 1 kind | n |  name  |   refused: stamp | stamp known;     yours: stamp | 4 lease in ms;
///  +----------+-----------+--------+---+--------+   fetch: stamp
///    of what follows
/// </code>
/// </remarks>
/// <param name="Name">Of which token.</param>
/// <param name="Message">What.</param>
public sealed record TokenFrame(string Name, TokenMessage Message)
{
    /// <summary>Bytes of data at most.</summary>
    public const int DataMax = 64 * 1024 * 1024;

    /// <summary>Bytes of a frame at most.</summary>
    public const int LengthMax = LengthOfLength + 2 + 1 + TokenName.LengthMax + TokenStamp.Length + DataMax;

    private const byte Version = 1;
    private const int LengthOfLength = 4;

    private enum Kind : byte
    {
        Take = 1,
        Taken = 2,
        Refused = 3,
        Yours = 4,
        Fetch = 5,
        Fetched = 6,
    }

    /// <summary>The whole frame.</summary>
    /// <exception cref="ArgumentException">It is none that goes by TCP, has too much data, or no token is called that.</exception>
    public byte[] Write()
    {
        if (!TokenName.IsOne(Name))
            throw new ArgumentException($"no token is called {Name}");
        var (kind, stamp, data, rest) = Message switch
        {
            TokenMessage.Take take => (Kind.Take, take.Stamp, take.Data, 0),
            TokenMessage.Taken taken => (Kind.Taken, taken.Stamp, default(ReadOnlyMemory<byte>), 4),
            TokenMessage.Refused refused => (Kind.Refused, refused.Stamp, default, TokenStamp.Length),
            TokenMessage.Yours yours => (Kind.Yours, yours.Stamp, default, 4),
            TokenMessage.Fetch fetch => (Kind.Fetch, fetch.Than, default, 0),
            TokenMessage.Fetched fetched => (Kind.Fetched, fetched.Stamp, fetched.Data, 0),
            _ => throw new ArgumentException($"no frame: {Message.GetType().Name}"),
        };
        if (data.Length > DataMax)
            throw new ArgumentException($"{data.Length} bytes of data, more than {DataMax}");
        var frame = new byte[LengthOfLength + 2 + 1 + Name.Length + TokenStamp.Length + data.Length + rest];
        var writer = new ByteWriter(frame);
        writer.UInt32((uint)(frame.Length - LengthOfLength));
        writer.Byte(Version);
        writer.Byte((byte)kind);
        writer.Byte((byte)Name.Length);
        writer.Bytes(Encoding.ASCII.GetBytes(Name));
        StampCodec.Write(ref writer, stamp);
        writer.Bytes(data.Span);
        if (Message is TokenMessage.Taken { Boot: var boot })
            writer.UInt32(boot);
        else if (Message is TokenMessage.Refused { Known: var known })
            StampCodec.Write(ref writer, known);
        else if (Message is TokenMessage.Yours { Lease: var lease })
            writer.UInt32((uint)lease.TotalMilliseconds);
        return frame;
    }

    /// <summary>Reads one frame from the front.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="frame">What it says; its data is a copy.</param>
    /// <param name="consumed">How long the frame is.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out TokenFrame? frame, out int consumed)
    {
        (frame, consumed) = (null, 0);
        if (input.Length < LengthOfLength)
            return ReadStatus.NeedMore;
        var length = new ByteReader(input).UInt32();
        if (length is < 2 or > LengthMax - LengthOfLength || (input.Length > LengthOfLength && input[LengthOfLength] != Version))
            return ReadStatus.Malformed;
        if (input.Length < LengthOfLength + (int)length)
            return ReadStatus.NeedMore;
        var reader = new ByteReader(input.Slice(LengthOfLength + 1, (int)length - 1));
        var kind = (Kind)reader.Byte();
        var name = TokenName.Read(reader.Take(reader.Byte()));
        var stamp = StampCodec.Read(ref reader);
        TokenMessage? message = kind switch
        {
            _ when reader.Failed => null,
            Kind.Take => new TokenMessage.Take(stamp, reader.Take(reader.Rest.Length).ToArray()),
            Kind.Taken => new TokenMessage.Taken(stamp, reader.UInt32()),
            Kind.Refused => new TokenMessage.Refused(stamp, StampCodec.Read(ref reader)),
            Kind.Yours => new TokenMessage.Yours(stamp, TimeSpan.FromMilliseconds(reader.UInt32())),
            Kind.Fetch => new TokenMessage.Fetch(stamp),
            Kind.Fetched => new TokenMessage.Fetched(stamp, reader.Take(reader.Rest.Length).ToArray()),
            _ => null,
        };
        if (reader.Failed || !reader.Rest.IsEmpty || name is null || message is null)
            return ReadStatus.Malformed;
        frame = new TokenFrame(name, message);
        consumed = LengthOfLength + (int)length;
        return ReadStatus.Done;
    }
}
