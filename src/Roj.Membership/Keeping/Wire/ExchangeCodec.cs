using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Membership.Keeping.Wire;

/// <summary>An <see cref="ExchangeMessage"/> as a frame of a stream.</summary>
/// <remarks>
/// <code>
///  +--------+---------+---+------+---------+ digest: 8 hash
///  | length | "ROJX"  | 1 | kind | cluster | everything: 4 count, count × ( state | 16 id | 8 incarnation | 6 node |
///  +--------+---------+---+------+---------+   16 accuser | profile | 4 tags of | 2 n | n tags )
///    4        4         1   1      8           see SwimCodec for the fields
///                                           claim: 16 id | 8 boot | 8 your boot | 6 node | 8 milliseconds
///                                           verdict: 8 judge | 8 who ends | 8 milliseconds
/// </code>
/// </remarks>
public static class ExchangeCodec
{
    /// <summary>Bytes of a frame at most: <see cref="KeeperSettings.MembersMax"/> members with names, and room for a thousand with all the
    /// tags that they may have.</summary>
    public const int LengthMax = 24 * 1024 * 1024;

    private const uint Magic = 0x524F4A58; // "ROJX"
    private const byte Version = 1;
    private const int HeaderLength = 4 + 1 + 1 + 8;
    private const int ClaimLength = NodeId.Length + 8 + 8 + Endpoint.CompactLength + 8;
    private const int VerdictLength = 8 + 8 + 8;
    private const ulong UptimeMax = 1UL << 40; // milliseconds: thirty years

    private enum Kind : byte
    {
        Digest = 1,
        Same = 2,
        Everything = 3,
        LastEverything = 4,
        Claim = 5,
        Verdict = 6,
    }

    /// <summary>The whole frame. Where all tags don't fit, the last members go without theirs.</summary>
    public static byte[] Write(ulong cluster, ExchangeMessage message)
    {
        var everything = message is ExchangeMessage.Everything all ? all with { Records = Cut(all.Records) } : null;
        var body = message switch
        {
            ExchangeMessage.Digest => sizeof(ulong),
            ExchangeMessage.Same => 0,
            ExchangeMessage.Claim => ClaimLength,
            ExchangeMessage.Verdict => VerdictLength,
            _ => sizeof(int) + everything!.Records.Sum(Size),
        };
        var frame = new byte[sizeof(int) + HeaderLength + body];
        Check.That(frame.Length <= LengthMax);
        var writer = new ByteWriter(frame);
        writer.UInt32((uint)(frame.Length - sizeof(int)));
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)(message switch
        {
            ExchangeMessage.Digest => Kind.Digest,
            ExchangeMessage.Same => Kind.Same,
            ExchangeMessage.Claim => Kind.Claim,
            ExchangeMessage.Verdict => Kind.Verdict,
            _ => everything!.IsLast ? Kind.LastEverything : Kind.Everything,
        }));
        writer.UInt64(cluster);
        WriteBody(ref writer, everything ?? message);
        return frame;
    }

    /// <summary>Bytes of a frame that must have come for <see cref="TryReadHead"/>.</summary>
    public const int HeadLength = sizeof(int) + HeaderLength;

    /// <summary>Reads whose frame comes and how long it is, before there is room for all of it.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="cluster">The hash of the sender's cluster.</param>
    /// <param name="length">Of the whole frame, at most <see cref="LengthMax"/>.</param>
    public static ReadStatus TryReadHead(ReadOnlySpan<byte> input, out ulong cluster, out int length)
    {
        (cluster, length) = (0, 0);
        if (input.Length < HeadLength)
            return ReadStatus.NeedMore;
        var reader = new ByteReader(input);
        var body = reader.UInt32();
        if (body is < HeaderLength or > LengthMax - sizeof(int) || reader.UInt32() != Magic || reader.Byte() != Version)
            return ReadStatus.Malformed;
        reader.Byte();
        (cluster, length) = (reader.UInt64(), sizeof(int) + (int)body);
        return ReadStatus.Done;
    }

    /// <summary>Reads one frame from the front.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="cluster">The hash of the sender's cluster.</param>
    /// <param name="message">What it says.</param>
    /// <param name="consumed">How long the frame is.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out ulong cluster, out ExchangeMessage? message, out int consumed)
    {
        (cluster, message, consumed) = (0, null, 0);
        if (input.Length < sizeof(int))
            return ReadStatus.NeedMore;
        var length = BinaryPrimitives.ReadUInt32BigEndian(input);
        if (length is < HeaderLength or > LengthMax - sizeof(int))
            return ReadStatus.Malformed;
        // Nobody waits for 24 MiB of something else.
        var reader = new ByteReader(input[sizeof(int)..Math.Min(input.Length, sizeof(int) + (int)length)]);
        if (reader.Rest.Length >= 5 && (reader.UInt32() != Magic || reader.Byte() != Version))
            return ReadStatus.Malformed;
        if (input.Length < sizeof(int) + (int)length)
            return ReadStatus.NeedMore;

        var kind = (Kind)reader.Byte();
        cluster = reader.UInt64();
        message = kind switch
        {
            Kind.Digest => new ExchangeMessage.Digest(reader.UInt64()),
            Kind.Same => new ExchangeMessage.Same(),
            Kind.Claim => ReadClaim(ref reader),
            Kind.Verdict => ReadVerdict(ref reader),
            Kind.Everything or Kind.LastEverything when TryReadRecords(ref reader, out var records) =>
                new ExchangeMessage.Everything(records, kind == Kind.LastEverything),
            _ => null,
        };
        if (message is null || reader.Failed || !reader.Rest.IsEmpty)
        {
            message = null;
            return ReadStatus.Malformed;
        }

        consumed = sizeof(int) + (int)length;
        return ReadStatus.Done;
    }

    private static void WriteBody(ref ByteWriter writer, ExchangeMessage message)
    {
        switch (message)
        {
            case ExchangeMessage.Digest(var hash):
                writer.UInt64(hash);
                break;
            case ExchangeMessage.Claim(var id, var boot, var yourBoot, var node, var uptime):
                writer.UInt128(id.Value);
                writer.UInt64(boot);
                writer.UInt64(yourBoot);
                SwimCodec.WriteEndpoint(ref writer, node);
                writer.UInt64((ulong)(uptime.Ticks / TimeSpan.TicksPerMillisecond));
                break;
            case ExchangeMessage.Verdict(var judge, var ends, var uptime):
                writer.UInt64(judge);
                writer.UInt64(ends);
                writer.UInt64((ulong)(uptime.Ticks / TimeSpan.TicksPerMillisecond));
                break;
            case ExchangeMessage.Everything(var records, _):
                writer.UInt32((uint)records.Count);
                foreach (var record in records)
                    Write(ref writer, record);
                break;
        }
    }

    private static ExchangeMessage.Claim? ReadClaim(ref ByteReader reader)
    {
        var (id, boot, yourBoot) = (new NodeId(reader.UInt128()), reader.UInt64(), reader.UInt64());
        var (node, uptime) = (SwimCodec.ReadEndpoint(ref reader), reader.UInt64());
        return boot == 0 || !node.IsUsable || uptime > UptimeMax
            ? null
            : new ExchangeMessage.Claim(id, boot, yourBoot, node, new TimeSpan((long)uptime * TimeSpan.TicksPerMillisecond));
    }

    private static ExchangeMessage.Verdict? ReadVerdict(ref ByteReader reader)
    {
        var (judge, ends, uptime) = (reader.UInt64(), reader.UInt64(), reader.UInt64());
        return uptime > UptimeMax
            ? null
            : new ExchangeMessage.Verdict(judge, ends, new TimeSpan((long)uptime * TimeSpan.TicksPerMillisecond));
    }

    private static IReadOnlyList<MemberRecord> Cut(IReadOnlyList<MemberRecord> records)
    {
        var room = LengthMax - sizeof(int) - HeaderLength - sizeof(int) - records.Sum(record => Size(record) - record.Tags.Length);
        if (records.Sum(record => record.Tags.Length) <= room)
            return records;
        var cut = new List<MemberRecord>(records.Count);
        foreach (var record in records)
        {
            var fits = record.Tags.Length <= room;
            room -= fits ? record.Tags.Length : 0;
            cut.Add(fits ? record : record with { TagsOf = 0, Tags = default });
        }

        return cut;
    }

    private static bool TryReadRecords(ref ByteReader reader, out List<MemberRecord> records)
    {
        records = [];
        var count = reader.UInt32();
        if (count > reader.Rest.Length / (1 + NodeId.Length)) // no list is made for more than there can be
            return false;
        records.Capacity = (int)count;
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRecord(ref reader, out var record))
                return false;
            records.Add(record!);
        }

        return true;
    }

    private static int Size(MemberRecord record) =>
        SwimCodec.Size(new Rumour(record.Id, record.Incarnation, MemberState.Alive, record.Node, record.Id, record.Profile))
        + NodeId.Length + sizeof(uint) + sizeof(ushort) + record.Tags.Length;

    private static void Write(ref ByteWriter writer, MemberRecord record)
    {
        Check.That(record.Tags.Length <= Member.TagsBytesMax);
        writer.Byte((byte)record.State);
        writer.UInt128(record.Id.Value);
        writer.UInt64(record.Incarnation);
        SwimCodec.WriteEndpoint(ref writer, record.Node);
        writer.UInt128(record.Accuser.Value);
        SwimCodec.WriteProfile(ref writer, record.Profile);
        writer.UInt32(record.TagsOf);
        writer.UInt16((ushort)record.Tags.Length);
        writer.Bytes(record.Tags.Span);
    }

    private static bool TryReadRecord(ref ByteReader reader, out MemberRecord? record)
    {
        record = null;
        var state = (MemberState)reader.Byte();
        var id = new NodeId(reader.UInt128());
        var incarnation = reader.UInt64();
        var node = SwimCodec.ReadEndpoint(ref reader);
        var accuser = new NodeId(reader.UInt128());
        if (reader.Failed || state > MemberState.Left || incarnation >= Rumour.IncarnationLimit || !node.IsUsable
            || !SwimCodec.TryReadProfile(ref reader, out var profile))
        {
            return false;
        }

        var tagsOf = reader.UInt32();
        int length = reader.UInt16();
        var tags = reader.Take(length);
        if (reader.Failed || length > Member.TagsBytesMax)
            return false;
        record = new MemberRecord(id, incarnation, state, node, accuser, profile!, tagsOf, tags.ToArray());
        return true;
    }
}
