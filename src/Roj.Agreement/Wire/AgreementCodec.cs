using Roj.Kernel;
using M = Roj.Agreement.Wire.AgreementMessage;

namespace Roj.Agreement.Wire;

/// <summary>An <see cref="AgreementMessage"/> as a frame of a stream.</summary>
/// <remarks>
/// <code>
///  +----------+-----------+--------+   about one register, the body begins with
///  | 4 length | 1 version | 1 kind |     2 slot | 8 version of its set | 4 n | name | ballot
///  +----------+-----------+--------+     then promise, told: ballot taken | content;  accept: content | ballot next | 1 is known; 
///    of what                             accepted: ballot next;  refused: ballot promised | 8 wait in 100 ns | 8 floor;
///    follows                             renew: 8 epoch;  renewed: 1 is yours;  the others: nothing
///  adopt: 2 slot | slot           adopted: 2 slot | 8 version | floor      list: 2 slot | 8 version | 16 cursor
///  listed: 2 slot | 8 version | 16 cursor | 16 next | 1 count | ( 4 n | name ) …   answer: outcome
///  compare: 2 slot | 8 version | 16 cursor | 1 count | ( 4 n | name | ballot ) …
///  lacking: 2 slot | 8 version | 16 cursor | 1 count | ( 4 n | name ) …
///  forward: 2 slot | 4 n | name | id | 1 (0, 1 tried, 2 asked) | 8 since | change                  ready: 4 expected
///  pledge: 4 round | set          booted, remembered: 4 boot | 8 life
/// </code>
/// See <see cref="StateCodec"/> and <see cref="ChangeCodec"/> for the fields, <see cref="WalkCodec"/> for walk and walked.
/// </remarks>
public static class AgreementCodec
{
    /// <summary>Bytes of a frame at most: the longest name and content, and what is around them.</summary>
    public const int LengthMax = RegisterName.BytesMax + Content.BytesMax + (8 * 1024);

    /// <summary>Names in a listing at most.</summary>
    internal const int ListedMax = 255;

    private const byte Version = 1;
    private const int LengthOfLength = 4;
    private const int HeaderLength = 2;

    private enum Kind : byte
    {
        Prepare = 1,
        Promise = 2,
        Accept = 3,
        Accepted = 4,
        Refused = 5,
        Ask = 6,
        Told = 7,
        Renew = 8,
        Renewed = 9,
        Raise = 10,
        Raised = 11,
        Forget = 12,
        Adopt = 13,
        Adopted = 14,
        List = 15,
        Listed = 16,
        Forward = 17,
        Answer = 18,
        Ready = 19,
        Pledge = 20,
        Booted = 21,
        Remembered = 22,
        Compare = 23,
        Lacking = 24,
        Walk = 30,
        Walked = 31,
    }

    /// <summary>The whole frame.</summary>
    public static byte[] Write(M message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var frame = new byte[LengthOfLength + HeaderLength + SizeOfBody(message)];
        Check.That(frame.Length <= LengthMax);
        var writer = new ByteWriter(frame);
        writer.UInt32((uint)(frame.Length - LengthOfLength));
        writer.Byte(Version);
        writer.Byte((byte)KindOf(message));
        if (message is M.OfRegister about)
        {
            writer.UInt16(about.Slot);
            writer.UInt64(about.Version);
            Write(ref writer, about.Name);
            StateCodec.Write(ref writer, about.Ballot);
            WriteRest(ref writer, about);
        }
        else
        {
            WriteOther(ref writer, message);
        }

        Check.That(writer.Written == frame.Length);
        return frame;
    }

    /// <summary>Reads one frame from the front.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="message">What it says.</param>
    /// <param name="consumed">How long the frame is.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out M? message, out int consumed)
    {
        (message, consumed) = (null, 0);
        if (input.Length < LengthOfLength)
            return ReadStatus.NeedMore;
        var length = new ByteReader(input).UInt32();
        if (length is < HeaderLength or > LengthMax - LengthOfLength)
            return ReadStatus.Malformed;
        if (input.Length > LengthOfLength && input[LengthOfLength] != Version)
            return ReadStatus.Malformed;
        if (input.Length < LengthOfLength + (int)length)
            return ReadStatus.NeedMore;
        var reader = new ByteReader(input.Slice(LengthOfLength + 1, (int)length - 1));
        var kind = (Kind)reader.Byte();
        message = kind <= Kind.Forget ? ReadOfRegister(ref reader, kind) : ReadOther(ref reader, kind);
        if (message is null || reader.Failed || !reader.Rest.IsEmpty)
        {
            message = null;
            return ReadStatus.Malformed;
        }

        consumed = LengthOfLength + (int)length;
        return ReadStatus.Done;
    }

    private static Kind KindOf(M message) => message switch
    {
        M.Prepare => Kind.Prepare,
        M.Promise => Kind.Promise,
        M.Accept => Kind.Accept,
        M.Accepted => Kind.Accepted,
        M.Refused => Kind.Refused,
        M.Ask => Kind.Ask,
        M.Told => Kind.Told,
        M.Renew => Kind.Renew,
        M.Renewed => Kind.Renewed,
        M.Raise => Kind.Raise,
        M.Raised => Kind.Raised,
        M.Forget => Kind.Forget,
        M.Adopt => Kind.Adopt,
        M.Adopted => Kind.Adopted,
        M.List => Kind.List,
        M.Listed => Kind.Listed,
        M.Forward => Kind.Forward,
        M.Answer => Kind.Answer,
        M.Ready => Kind.Ready,
        M.Pledge => Kind.Pledge,
        M.Booted => Kind.Booted,
        M.Compare => Kind.Compare,
        M.Lacking => Kind.Lacking,
        M.Walk => Kind.Walk,
        M.Walked => Kind.Walked,
        _ => Kind.Remembered,
    };

    private static int SizeOfBody(M message) => message switch
    {
        M.OfRegister about => 2 + 8 + SizeOf(about.Name) + StateCodec.BallotLength + about switch
        {
            M.Promise promise => StateCodec.BallotLength + StateCodec.Size(promise.Content),
            M.Told told => StateCodec.BallotLength + StateCodec.Size(told.Content),
            M.Accept accept => StateCodec.Size(accept.Content) + StateCodec.BallotLength + 1,
            M.Accepted => StateCodec.BallotLength,
            M.Refused => StateCodec.BallotLength + 8 + 8,
            M.Renew => 8,
            M.Renewed => 1,
            _ => 0,
        },
        M.Adopt or M.Adopted or M.List or M.Listed or M.Compare or M.Lacking => SlotCodec.SizeOf(message),
        M.Forward forward => 2 + SizeOf(forward.Name) + ChangeCodec.IdLength + 1 + 8 + ChangeCodec.Size(forward.Change),
        M.Answer answer => ChangeCodec.Size(answer.Outcome),
        M.Ready => 4,
        M.Walk or M.Walked => WalkCodec.Size(message),
        M.Pledge pledge => 4 + StateCodec.Size(pledge.Set),
        _ => 4 + 8,
    };

    internal static int SizeOf(RegisterName name) => 4 + name.Bytes.Length;

    internal static void Write(ref ByteWriter writer, RegisterName name)
    {
        writer.UInt32((uint)name.Bytes.Length);
        writer.Bytes(name.Bytes);
    }

    private static void WriteRest(ref ByteWriter writer, M.OfRegister message)
    {
        switch (message)
        {
            case M.Promise promise:
                StateCodec.Write(ref writer, promise.Taken);
                StateCodec.Write(ref writer, promise.Content);
                break;
            case M.Told told:
                StateCodec.Write(ref writer, told.Taken);
                StateCodec.Write(ref writer, told.Content);
                break;
            case M.Accept accept:
                StateCodec.Write(ref writer, accept.Content);
                StateCodec.Write(ref writer, accept.Next);
                writer.Byte((byte)(accept.IsKnown ? 1 : 0));
                break;
            case M.Accepted accepted:
                StateCodec.Write(ref writer, accepted.Next);
                break;
            case M.Refused refused:
                StateCodec.Write(ref writer, refused.Promised);
                writer.UInt64((ulong)refused.Wait.Ticks);
                writer.UInt64(refused.Floor);
                break;
            case M.Renew renew:
                writer.UInt64(renew.Epoch);
                break;
            case M.Renewed renewed:
                writer.Byte((byte)(renewed.IsYours ? 1 : 0));
                break;
        }
    }

    private static void WriteOther(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.Adopt or M.Adopted or M.List or M.Listed or M.Compare or M.Lacking:
                SlotCodec.Write(ref writer, message);
                break;
            case M.Walk or M.Walked:
                WalkCodec.Write(ref writer, message);
                break;
            case M.Forward forward:
                writer.UInt16(forward.Slot);
                Write(ref writer, forward.Name);
                ChangeCodec.Write(ref writer, forward.Id);
                writer.Byte((byte)(forward.TriedSince is not null ? 1 : forward.AskedAt is not null ? 2 : 0));
                writer.UInt64(forward.TriedSince ?? forward.AskedAt ?? 0);
                ChangeCodec.Write(ref writer, forward.Change);
                break;
            case M.Answer answer:
                ChangeCodec.Write(ref writer, answer.Outcome);
                break;
            case M.Ready ready:
                writer.UInt32((uint)ready.Expected);
                break;
            case M.Pledge pledge:
                writer.UInt32(pledge.Round);
                StateCodec.Write(ref writer, pledge.Set);
                break;
            case M.Booted booted:
                writer.UInt32(booted.Boot);
                writer.UInt64(booted.Life);
                break;
            case M.Remembered remembered:
                writer.UInt32(remembered.Boot);
                writer.UInt64(remembered.Life);
                break;
        }
    }

    internal static RegisterName? ReadName(ref ByteReader reader)
    {
        var length = reader.UInt32();
        return length is 0 or > RegisterName.BytesMax || reader.Take((int)length) is not { IsEmpty: false } name
            ? null
            : new RegisterName(name.ToArray());
    }

    private static M.OfRegister? ReadOfRegister(ref ByteReader reader, Kind kind)
    {
        var (slot, version) = (reader.UInt16(), reader.UInt64());
        if (ReadName(ref reader) is not { } name)
            return null;
        var ballot = StateCodec.ReadBallot(ref reader);
        if (ballot.Counter == 0)
            return null;
        switch (kind)
        {
            case Kind.Prepare:
                return new M.Prepare(slot, version, name, ballot);
            case Kind.Ask:
                return new M.Ask(slot, version, name, ballot);
            case Kind.Promise or Kind.Told:
                var taken = StateCodec.ReadBallot(ref reader);
                if (!StateCodec.TryReadContent(ref reader, out var told))
                    return null;
                return kind is Kind.Told
                    ? new M.Told(slot, version, name, ballot, taken, told)
                    : new M.Promise(slot, version, name, ballot, taken, told);
            case Kind.Accept:
                return StateCodec.TryReadContent(ref reader, out var content)
                    ? new M.Accept(slot, version, name, ballot, content, StateCodec.ReadBallot(ref reader), reader.Byte() == 1)
                    : null;
            case Kind.Accepted:
                return new M.Accepted(slot, version, name, ballot, StateCodec.ReadBallot(ref reader));
            case Kind.Refused:
                var promised = StateCodec.ReadBallot(ref reader);
                return reader.UInt64() is var wait && wait <= (ulong)(2 * Lease.DurationMax.Ticks)
                    && reader.UInt64() is var floor and <= long.MaxValue
                    ? new M.Refused(slot, version, name, ballot, promised, TimeSpan.FromTicks((long)wait), floor)
                    : null;
            case Kind.Renew:
                return new M.Renew(slot, version, name, ballot, reader.UInt64());
            case Kind.Renewed:
                return new M.Renewed(slot, version, name, ballot, reader.Byte() == 1);
            case Kind.Raise:
                return new M.Raise(slot, version, name, ballot);
            case Kind.Raised:
                return new M.Raised(slot, version, name, ballot);
            case Kind.Forget:
                return new M.Forget(slot, version, name, ballot);
            default:
                return null;
        }
    }

    private static M? ReadOther(ref ByteReader reader, Kind kind)
    {
        switch (kind)
        {
            case Kind.Adopt:
                return SlotCodec.ReadAdopt(ref reader);
            case Kind.Adopted:
                return new M.Adopted(reader.UInt16(), reader.UInt64(), StateCodec.ReadFloor(ref reader));
            case Kind.List:
                return new M.List(reader.UInt16(), reader.UInt64(), reader.UInt128());
            case Kind.Listed:
                return SlotCodec.ReadListed(ref reader);
            case Kind.Compare:
                return SlotCodec.ReadCompare(ref reader);
            case Kind.Lacking:
                return SlotCodec.ReadLacking(ref reader);
            case Kind.Walk:
                return WalkCodec.ReadWalk(ref reader);
            case Kind.Walked:
                return WalkCodec.ReadWalked(ref reader);
            case Kind.Forward:
                return ReadForward(ref reader);
            case Kind.Answer:
                return ChangeCodec.TryRead(ref reader, out Outcome? outcome) ? new M.Answer(outcome!) : null;
            case Kind.Ready:
                return reader.UInt32() is > 0 and <= ReplicaSet.MembersMax and var expected ? new M.Ready((int)expected) : null;
            case Kind.Pledge:
                var round = reader.UInt32();
                return StateCodec.TryReadSet(ref reader, out var set) ? new M.Pledge(round, set) : null;
            case Kind.Booted:
                return new M.Booted(reader.UInt32(), reader.UInt64());
            case Kind.Remembered:
                return new M.Remembered(reader.UInt32(), reader.UInt64());
            default:
                return null;
        }
    }

    private static M.Forward? ReadForward(ref ByteReader reader)
    {
        var slot = reader.UInt16();
        if (ReadName(ref reader) is not { } name)
            return null;
        var (id, tried, since) = (ChangeCodec.ReadId(ref reader), reader.Byte(), reader.UInt64());
        return tried <= 2 && ChangeCodec.TryRead(ref reader, out RegisterChange? change)
            ? new M.Forward(slot, name, id, change, tried == 1 ? since : null) { AskedAt = tried == 2 ? since : null }
            : null;
    }
}
