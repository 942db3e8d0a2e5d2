using Roj.Kernel;

namespace Roj.Agreement.Wire;

/// <summary>An <see cref="AgreementMessage"/> as a frame of a stream.</summary>
/// <remarks>
/// <code>
///  +--------+---------+---+------+--------+--------+  prepare, ask: nothing
///  | length | "ROJA"  | 1 | kind | n name | ballot |  promise, told: ballot taken | content
///  +--------+---------+---+------+--------+--------+  accept: content | ballot next
///    4        4         1   1      2+n      28        accepted: ballot next;  refused: ballot promised
/// </code>
/// See <see cref="SlotCodec"/> for the fields.
/// </remarks>
public static class AgreementCodec
{
    /// <summary>Bytes of a frame at most.</summary>
    public const int LengthMax = 4 + HeaderLength + RegisterName.BytesMax + Content.BytesMax + 1024;

    private const uint Magic = 0x524F4A41; // "ROJA"
    private const byte Version = 1;
    private const int HeaderLength = 4 + 1 + 1 + 2 + SlotCodec.BallotLength;

    private enum Kind : byte
    {
        Prepare = 1,
        Promise = 2,
        Accept = 3,
        Accepted = 4,
        Refused = 5,
        Ask = 6,
        Told = 7,
    }

    /// <summary>The whole frame.</summary>
    public static byte[] Write(AgreementMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (kind, body) = message switch
        {
            AgreementMessage.Prepare => (Kind.Prepare, 0),
            AgreementMessage.Ask => (Kind.Ask, 0),
            AgreementMessage.Promise promise => (Kind.Promise, SlotCodec.BallotLength + SlotCodec.Size(promise.Content)),
            AgreementMessage.Told told => (Kind.Told, SlotCodec.BallotLength + SlotCodec.Size(told.Content)),
            AgreementMessage.Accept accept => (Kind.Accept, SlotCodec.BallotLength + SlotCodec.Size(accept.Content)),
            AgreementMessage.Accepted => (Kind.Accepted, SlotCodec.BallotLength),
            _ => (Kind.Refused, SlotCodec.BallotLength),
        };
        var frame = new byte[sizeof(int) + HeaderLength + message.Name.Bytes.Length + body];
        Check.That(frame.Length <= LengthMax);
        var writer = new ByteWriter(frame);
        writer.UInt32((uint)(frame.Length - sizeof(int)));
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)kind);
        writer.UInt16((ushort)message.Name.Bytes.Length);
        writer.Bytes(message.Name.Bytes);
        SlotCodec.Write(ref writer, message.Ballot);
        WriteBody(ref writer, message);
        return frame;
    }

    /// <summary>Reads one frame from the front.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="message">What it says.</param>
    /// <param name="consumed">How long the frame is.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out AgreementMessage? message, out int consumed)
    {
        (message, consumed) = (null, 0);
        if (input.Length < sizeof(int))
            return ReadStatus.NeedMore;
        var length = new ByteReader(input).UInt32();
        if (length is < HeaderLength or > LengthMax - sizeof(int))
            return ReadStatus.Malformed;
        var reader = new ByteReader(input[sizeof(int)..Math.Min(input.Length, sizeof(int) + (int)length)]);
        if (reader.Rest.Length >= 5 && (reader.UInt32() != Magic || reader.Byte() != Version))
            return ReadStatus.Malformed;
        if (input.Length < sizeof(int) + (int)length)
            return ReadStatus.NeedMore;
        var kind = (Kind)reader.Byte();
        var name = reader.Take(reader.UInt16()).ToArray();
        var ballot = SlotCodec.ReadBallot(ref reader);
        message = name.Length == 0 || reader.Failed || ballot.Counter == 0 ? null : ReadBody(ref reader, kind, new RegisterName(name), ballot);
        if (message is null || reader.Failed || !reader.Rest.IsEmpty)
        {
            message = null;
            return ReadStatus.Malformed;
        }

        consumed = sizeof(int) + (int)length;
        return ReadStatus.Done;
    }

    private static void WriteBody(ref ByteWriter writer, AgreementMessage message)
    {
        switch (message)
        {
            case AgreementMessage.Promise promise:
                SlotCodec.Write(ref writer, promise.Taken);
                SlotCodec.Write(ref writer, promise.Content);
                break;
            case AgreementMessage.Told told:
                SlotCodec.Write(ref writer, told.Taken);
                SlotCodec.Write(ref writer, told.Content);
                break;
            case AgreementMessage.Accept accept:
                SlotCodec.Write(ref writer, accept.Content);
                SlotCodec.Write(ref writer, accept.Next);
                break;
            case AgreementMessage.Accepted accepted:
                SlotCodec.Write(ref writer, accepted.Next);
                break;
            case AgreementMessage.Refused refused:
                SlotCodec.Write(ref writer, refused.Promised);
                break;
        }
    }

    private static AgreementMessage? ReadBody(ref ByteReader reader, Kind kind, RegisterName name, Ballot ballot)
    {
        switch (kind)
        {
            case Kind.Prepare:
                return new AgreementMessage.Prepare(name, ballot);
            case Kind.Ask:
                return new AgreementMessage.Ask(name, ballot);
            case Kind.Promise or Kind.Told:
                var taken = SlotCodec.ReadBallot(ref reader);
                if (!SlotCodec.TryReadContent(ref reader, out var told))
                    return null;
                return kind is Kind.Told
                    ? new AgreementMessage.Told(name, ballot, taken, told)
                    : new AgreementMessage.Promise(name, ballot, taken, told);
            case Kind.Accept:
                return SlotCodec.TryReadContent(ref reader, out var content)
                    ? new AgreementMessage.Accept(name, ballot, content, SlotCodec.ReadBallot(ref reader))
                    : null;
            case Kind.Accepted:
                return new AgreementMessage.Accepted(name, ballot, SlotCodec.ReadBallot(ref reader));
            case Kind.Refused:
                return new AgreementMessage.Refused(name, ballot, SlotCodec.ReadBallot(ref reader));
            default:
                return null;
        }
    }
}
