using Roj.Kernel;

namespace Roj.Agreement.Wire;

/// <summary>A <see cref="RegisterChange.Timed"/> as bytes.</summary>
/// <remarks>
/// <code>
/// timed    8 now | 1 kind of step | step
/// write    1 condition | 1 flags (1 ends, 2 keeps its end, 4 returns the old) | 8 end, if it ends | 4 length | bytes
/// delete   1 returns the old      end: nothing      add: 8 delta      append: 4 length | bytes
/// move     1 condition | 1 flags (1 ends, 4 returns the value) | 8 end, if it ends
/// </code>
/// </remarks>
internal static class TimedCodec
{
    private const byte Ends = 1;
    private const byte Keeps = 2;
    private const byte Returns = 4;

    private const EndCondition AllConditions =
        EndCondition.IfNone | EndCondition.IfAny | EndCondition.IfLater | EndCondition.IfSooner;

    private enum Kind : byte
    {
        Write = 1,
        Delete = 2,
        End = 3,
        Move = 4,
        Add = 5,
        Append = 6,
    }

    public static int Size(RegisterChange.Timed timed) => 8 + 1 + timed.Step switch
    {
        TimedStep.Write write => 2 + (write.EndsAt is null ? 0 : 8) + 4 + write.Bytes.Length,
        TimedStep.Delete => 1,
        TimedStep.End => 0,
        TimedStep.Move move => 2 + (move.At is null ? 0 : 8),
        TimedStep.Append append => 4 + append.Tail.Length,
        _ => 8,
    };

    public static void Write(ref ByteWriter writer, RegisterChange.Timed timed)
    {
        writer.UInt64((ulong)timed.Now);
        switch (timed.Step)
        {
            case TimedStep.Write write:
                writer.Byte((byte)Kind.Write);
                writer.Byte((byte)write.When);
                var flags = (write.KeepsEnd ? Keeps : 0) | (write.ReturnsOld ? Returns : 0);
                WriteEnd(ref writer, (byte)flags, write.EndsAt);
                WriteBytes(ref writer, write.Bytes);
                break;
            case TimedStep.Delete delete:
                writer.Byte((byte)Kind.Delete);
                writer.Byte(delete.ReturnsOld ? Returns : (byte)0);
                break;
            case TimedStep.End:
                writer.Byte((byte)Kind.End);
                break;
            case TimedStep.Move move:
                writer.Byte((byte)Kind.Move);
                writer.Byte((byte)move.When);
                WriteEnd(ref writer, move.ReturnsValue ? Returns : (byte)0, move.At);
                break;
            case TimedStep.Add add:
                writer.Byte((byte)Kind.Add);
                writer.UInt64((ulong)add.Delta);
                break;
            case TimedStep.Append append:
                writer.Byte((byte)Kind.Append);
                WriteBytes(ref writer, append.Tail);
                break;
        }
    }

    /// <summary>Reads one; null if it is none. Whether all of it was there, the reader knows.</summary>
    public static RegisterChange.Timed? Read(ref ByteReader reader)
    {
        var now = (long)reader.UInt64();
        TimedStep? step = (Kind)reader.Byte() switch
        {
            Kind.Write => ReadWrite(ref reader),
            Kind.Delete => reader.Byte() is (0 or Returns) and var flag ? new TimedStep.Delete(flag != 0) : null,
            Kind.End => new TimedStep.End(),
            Kind.Move => ReadMove(ref reader),
            Kind.Add => new TimedStep.Add((long)reader.UInt64()),
            Kind.Append => StateCodec.TryReadData(ref reader, out var tail) ? new TimedStep.Append(tail!.Value) : null,
            _ => null,
        };
        return step is null ? null : new RegisterChange.Timed(now, step);
    }

    private static TimedStep.Write? ReadWrite(ref ByteReader reader)
    {
        var when = (ConditionKind)reader.Byte();
        if (when > ConditionKind.Present || !TryReadEnd(ref reader, Ends | Keeps | Returns, out var flags, out var end)
            || !StateCodec.TryReadData(ref reader, out var bytes))
        {
            return null;
        }

        return new TimedStep.Write(bytes!.Value, when, end, (flags & Keeps) != 0, (flags & Returns) != 0);
    }

    private static TimedStep.Move? ReadMove(ref ByteReader reader)
    {
        var when = (EndCondition)reader.Byte();
        return (when & ~AllConditions) == 0 && TryReadEnd(ref reader, Ends | Returns, out var flags, out var end)
            ? new TimedStep.Move(end, when, (flags & Returns) != 0)
            : null;
    }

    private static void WriteEnd(ref ByteWriter writer, byte flags, long? end)
    {
        writer.Byte((byte)(flags | (end is null ? 0 : Ends)));
        if (end is { } at)
            writer.UInt64((ulong)at);
    }

    private static bool TryReadEnd(ref ByteReader reader, byte known, out byte flags, out long? end)
    {
        flags = reader.Byte();
        end = (flags & Ends) != 0 ? (long)reader.UInt64() : null;
        return (flags & ~known) == 0;
    }

    private static void WriteBytes(ref ByteWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.UInt32((uint)bytes.Length);
        writer.Bytes(bytes.Span);
    }
}
