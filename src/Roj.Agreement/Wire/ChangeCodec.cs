using Roj.Kernel;

namespace Roj.Agreement.Wire;

/// <summary>A <see cref="RegisterChange"/>, and how it ended, as bytes.</summary>
/// <remarks>
/// <code>
/// change   1 kind, 0 for reading | 1 condition | 8 version | 1 has fence | fence | body
/// set, append: 4 length | data    delete: nothing    add: 8 delta    keep, release: 8 epoch    claim: 16 holder | 4 boot | 8 duration
/// hand     8 epoch | 16 to | 4 boot | 4 length | data            timed: see <see cref="TimedCodec"/>
/// outcome  id | 1 applied | 1 refusal | 8 version | 1 flags (1 content, 2 before) | content | 4 length | before
/// id       16 node | 4 boot | 8 sequence
/// </code>
/// </remarks>
internal static class ChangeCodec
{
    public const int IdLength = NodeId.Length + 4 + 8;

    private const byte HasContent = 1;
    private const byte HasBefore = 2;

    private enum Kind : byte
    {
        Read = 0,
        Set = 1,
        Delete = 2,
        Append = 3,
        Add = 4,
        Claim = 5,
        Keep = 6,
        Release = 7,
        Hand = 8,
        Timed = 9,
    }

    public static int Size(RegisterChange? change) => change is null ? 1 : 1 + 1 + 8 + 1
        + (change.Fence is { } fence ? StateCodec.Size(fence) : 0)
        + change switch
        {
            RegisterChange.Set set => 4 + set.Data.Length,
            RegisterChange.Append append => 4 + append.Data.Length,
            RegisterChange.Claim => NodeId.Length + 4 + 8,
            RegisterChange.Hand hand => 8 + NodeId.Length + 4 + 4 + hand.Data.Length,
            RegisterChange.Timed timed => TimedCodec.Size(timed),
            RegisterChange.Delete => 0,
            _ => 8,
        };

    public static int Size(Outcome outcome) =>
        IdLength + 1 + 1 + 8 + 1 + (outcome.Content is { } content ? StateCodec.Size(WithoutChanges(content)) : 0)
        + (outcome.Before is { } before ? 4 + before.Length : 0);

    public static void Write(ref ByteWriter writer, ChangeId id)
    {
        writer.UInt128(id.Node.Value);
        writer.UInt32(id.Boot);
        writer.UInt64(id.Sequence);
    }

    public static ChangeId ReadId(ref ByteReader reader) => new(new NodeId(reader.UInt128()), reader.UInt32(), reader.UInt64());

    public static void Write(ref ByteWriter writer, RegisterChange? change)
    {
        writer.Byte((byte)KindOf(change));
        if (change is null)
            return;
        writer.Byte((byte)change.Condition.Kind);
        writer.UInt64(change.Condition.Version);
        writer.Byte((byte)(change.Fence is null ? 0 : 1));
        if (change.Fence is { } fence)
            StateCodec.Write(ref writer, fence);
        switch (change)
        {
            case RegisterChange.Set(var data):
                Write(ref writer, data);
                break;
            case RegisterChange.Append(var data):
                Write(ref writer, data);
                break;
            case RegisterChange.Add(var delta):
                writer.UInt64((ulong)delta);
                break;
            case RegisterChange.Keep(var epoch):
                writer.UInt64(epoch);
                break;
            case RegisterChange.Release(var epoch):
                writer.UInt64(epoch);
                break;
            case RegisterChange.Hand(var epoch, var to, var boot, var data):
                writer.UInt64(epoch);
                writer.UInt128(to.Value);
                writer.UInt32(boot);
                Write(ref writer, data);
                break;
            case RegisterChange.Timed timed:
                TimedCodec.Write(ref writer, timed);
                break;
            case RegisterChange.Claim(var holder, var boot, var duration):
                writer.UInt128(holder.Value);
                writer.UInt32(boot);
                writer.UInt64((ulong)duration.Ticks);
                break;
        }
    }

    public static bool TryRead(ref ByteReader reader, out RegisterChange? change)
    {
        change = null;
        var kind = (Kind)reader.Byte();
        if (kind is Kind.Read)
            return !reader.Failed;
        var condition = new Condition((ConditionKind)reader.Byte(), reader.UInt64());
        Fence? fence = null;
        var fenced = reader.Byte();
        if (condition.Kind > ConditionKind.Version || fenced > 1)
            return false;
        if (fenced == 1)
        {
            if (!StateCodec.TryReadFence(ref reader, out var read))
                return false;
            fence = read;
        }

        if (ReadBody(ref reader, kind) is not { } body || reader.Failed)
            return false;
        change = body with { Condition = condition, Fence = fence };
        return true;
    }

    public static void Write(ref ByteWriter writer, Outcome outcome)
    {
        Write(ref writer, outcome.Id);
        writer.Byte((byte)outcome.Applied);
        writer.Byte((byte)outcome.Refusal);
        writer.UInt64(outcome.Version);
        writer.Byte((byte)((outcome.Content is null ? 0 : HasContent) | (outcome.Before is null ? 0 : HasBefore)));
        if (outcome.Content is { } content)
            StateCodec.Write(ref writer, WithoutChanges(content));
        if (outcome.Before is { } before)
            Write(ref writer, before);
    }

    public static bool TryRead(ref ByteReader reader, out Outcome? outcome)
    {
        outcome = null;
        var (id, applied, refusal, version) = (ReadId(ref reader), (Applied)reader.Byte(), (Refusal)reader.Byte(), reader.UInt64());
        Content? content = null;
        ReadOnlyMemory<byte>? before = null;
        var flags = reader.Byte();
        if (applied > Applied.Unknown || refusal > Refusal.Overflow || flags > (HasContent | HasBefore))
            return false;
        if ((flags & HasContent) != 0)
        {
            if (!StateCodec.TryReadContent(ref reader, out var read))
                return false;
            content = read;
        }

        if ((flags & HasBefore) != 0 && !StateCodec.TryReadData(ref reader, out before))
            return false;
        outcome = new Outcome(id, applied, refusal, version, content) { Before = before };
        return !reader.Failed;
    }

    // Which changes led to it matters to who proposes the next one only.
    private static Content WithoutChanges(Content content) => content with { Changes = [] };

    private static Kind KindOf(RegisterChange? change) => change switch
    {
        null => Kind.Read,
        RegisterChange.Set => Kind.Set,
        RegisterChange.Delete => Kind.Delete,
        RegisterChange.Append => Kind.Append,
        RegisterChange.Add => Kind.Add,
        RegisterChange.Claim => Kind.Claim,
        RegisterChange.Keep => Kind.Keep,
        RegisterChange.Hand => Kind.Hand,
        RegisterChange.Timed => Kind.Timed,
        _ => Kind.Release,
    };

    private static RegisterChange? ReadBody(ref ByteReader reader, Kind kind)
    {
        switch (kind)
        {
            case Kind.Set:
                return StateCodec.TryReadData(ref reader, out var data) ? new RegisterChange.Set(data!.Value) : null;
            case Kind.Append:
                return StateCodec.TryReadData(ref reader, out var tail) ? new RegisterChange.Append(tail!.Value) : null;
            case Kind.Delete:
                return new RegisterChange.Delete();
            case Kind.Add:
                return new RegisterChange.Add((long)reader.UInt64());
            case Kind.Keep:
                return new RegisterChange.Keep(reader.UInt64());
            case Kind.Release:
                return new RegisterChange.Release(reader.UInt64());
            case Kind.Hand:
                var (handed, to, itsBoot) = (reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt32());
                return StateCodec.TryReadData(ref reader, out var left) ? new RegisterChange.Hand(handed, to, itsBoot, left!.Value) : null;
            case Kind.Timed:
                return TimedCodec.Read(ref reader);
            case Kind.Claim:
                var (holder, boot, ticks) = (new NodeId(reader.UInt128()), reader.UInt32(), reader.UInt64());
                return ticks >= (ulong)Lease.DurationMin.Ticks && ticks <= (ulong)Lease.DurationMax.Ticks
                    ? new RegisterChange.Claim(holder, boot, TimeSpan.FromTicks((long)ticks))
                    : null;
            default:
                return null;
        }
    }

    private static void Write(ref ByteWriter writer, ReadOnlyMemory<byte> data)
    {
        writer.UInt32((uint)data.Length);
        writer.Bytes(data.Span);
    }
}
