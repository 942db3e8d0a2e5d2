using System.Buffers.Text;

namespace Roj.Agreement;

/// <summary>What a change makes of a value that may end: see <see cref="RegisterChange.Timed"/>.</summary>
/// <remarks>A value whose time is over counts as none.</remarks>
public abstract record TimedStep
{
    private TimedStep()
    {
    }

    /// <summary>Whether who asked is told what was there before: else only whether something was.</summary>
    internal virtual bool ShowsBefore => false;

    /// <summary>Whether who asked is told what is there afterwards.</summary>
    internal virtual bool ShowsAfter => false;

    /// <summary>What is to be there: null for nothing.</summary>
    /// <param name="live">What is there.</param>
    /// <param name="isOver">Whether there is something whose time is over.</param>
    internal abstract (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver);

    private static (Refusal Refusal, TimedValue? After) Refuse(Refusal why) => (why, null);

    /// <summary>It is to hold this.</summary>
    /// <param name="Bytes">What.</param>
    /// <param name="When">What must hold for it: of <see cref="ConditionKind"/> all but a version.</param>
    /// <param name="EndsAt">When it ends, in milliseconds since 1970 (UTC): a time that is over deletes it. Null for never.</param>
    /// <param name="KeepsEnd">Whether it ends when what was there would have.</param>
    /// <param name="ReturnsOld">Whether what was there is wanted.</param>
    public sealed record Write(ReadOnlyMemory<byte> Bytes, ConditionKind When, long? EndsAt, bool KeepsEnd, bool ReturnsOld) : TimedStep
    {
        internal override bool ShowsBefore => ReturnsOld;

        internal override (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver) =>
            Bytes.Length > TimedValue.BytesMax ? Refuse(Refusal.TooLong)
            : When is ConditionKind.Absent && live is not null ? Refuse(Refusal.ConditionFailed)
            : When is ConditionKind.Present && live is null ? Refuse(Refusal.ConditionFailed)
            : (Refusal.None, new TimedValue(Bytes, KeepsEnd ? live?.EndsAt : EndsAt));
    }

    /// <summary>It is to hold nothing; refused if it does not hold anything.</summary>
    /// <param name="ReturnsOld">Whether what was there is wanted.</param>
    public sealed record Delete(bool ReturnsOld) : TimedStep
    {
        internal override bool ShowsBefore => ReturnsOld;

        internal override (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver) =>
            live is null && !isOver ? Refuse(Refusal.ConditionFailed) : (Refusal.None, null);
    }

    /// <summary>It is to hold nothing if its time is over; else refused.</summary>
    public sealed record End : TimedStep
    {
        internal override (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver) =>
            isOver ? (Refusal.None, null) : Refuse(Refusal.ConditionFailed);
    }

    /// <summary>It is to end at another time.</summary>
    /// <param name="At">When, in milliseconds since 1970 (UTC): a time that is over deletes it. Null for never, which is refused if it did
    /// not end.</param>
    /// <param name="When">What must hold for it.</param>
    /// <param name="ReturnsValue">Whether what it holds is wanted.</param>
    public sealed record Move(long? At, EndCondition When, bool ReturnsValue) : TimedStep
    {
        internal override bool ShowsBefore => ReturnsValue;

        internal override (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver)
        {
            if (live is not { } value || (At is null && value.EndsAt is null))
                return Refuse(Refusal.ConditionFailed);
            var isMet = (!When.HasFlag(EndCondition.IfNone) || value.EndsAt is null)
                && (!When.HasFlag(EndCondition.IfAny) || value.EndsAt is not null)
                && (!When.HasFlag(EndCondition.IfLater) || At > value.EndsAt)
                && (!When.HasFlag(EndCondition.IfSooner) || value.EndsAt is null || At < value.EndsAt);
            return isMet ? (Refusal.None, value with { EndsAt = At }) : Refuse(Refusal.ConditionFailed);
        }
    }

    /// <summary>This is to be added to the number that it holds in decimal digits, as they are usually written; nothing counts as zero. It
    /// ends when it did.</summary>
    /// <param name="Delta">How much.</param>
    public sealed record Add(long Delta) : TimedStep
    {
        internal override bool ShowsAfter => true;

        internal override (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver)
        {
            var number = 0L;
            if (live is { } value && !TryNumber(value.Bytes.Span, out number))
                return Refuse(Refusal.NotANumber);
            var sum = (Int128)number + Delta;
            return sum < long.MinValue || sum > long.MaxValue
                ? Refuse(Refusal.Overflow)
                : (Refusal.None, new TimedValue(Digits((long)sum), live?.EndsAt));
        }

        private static byte[] Digits(long number)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(number, digits, out var length);
            return digits[..length].ToArray();
        }

        // No plus, no zeros before it, nothing around it: as it would be written.
        private static bool TryNumber(ReadOnlySpan<byte> digits, out long number) =>
            Utf8Parser.TryParse(digits, out number, out var length) && length == digits.Length && digits.SequenceEqual(Digits(number));
    }

    /// <summary>This is to stand behind what it holds; nothing counts as empty. It ends when it did.</summary>
    /// <param name="Tail">What.</param>
    public sealed record Append(ReadOnlyMemory<byte> Tail) : TimedStep
    {
        internal override bool ShowsAfter => true;

        internal override (Refusal Refusal, TimedValue? After) Decide(TimedValue? live, bool isOver)
        {
            var before = live?.Bytes ?? default;
            if ((long)before.Length + Tail.Length > TimedValue.BytesMax)
                return Refuse(Refusal.TooLong);
            var joined = new byte[before.Length + Tail.Length];
            before.CopyTo(joined);
            Tail.CopyTo(joined.AsMemory(before.Length));
            return (Refusal.None, new TimedValue(joined, live?.EndsAt));
        }
    }
}
