using System.Globalization;

namespace Roj.Simulation.Histories;

/// <summary>What a client asks of a register: the sequential specification (Herlihy and Wing 1990, section 2).</summary>
/// <remarks>Every change that is applied adds 1 to the version. A deletion is a change that leaves nothing.</remarks>
public abstract record OperationKind
{
    private OperationKind()
    {
    }

    /// <summary>Whether it changes the register when it is applied.</summary>
    public virtual bool IsChange => true;

    /// <summary>Whether it applies to this content.</summary>
    /// <param name="before">What the register holds.</param>
    /// <param name="versions">Whether versions are judged; if not, a condition on one counts as met.</param>
    internal virtual bool IsMet(Seen before, bool versions) => true;

    /// <summary>Whether this content is a reason to refuse it.</summary>
    /// <remarks>Of changes without a condition it is not judged why they were refused: a fence, say.</remarks>
    internal virtual bool MayBeRefused(Seen before, bool versions) => true;

    /// <summary>The value that it leaves where <see cref="IsMet"/>.</summary>
    internal abstract string? Make(string? before);

    /// <summary>Whether it can leave this value, whatever was there before.</summary>
    internal abstract bool CouldMake(string? after);

    /// <summary>Tells what the register holds.</summary>
    public sealed record Read : OperationKind
    {
        /// <inheritdoc/>
        public override bool IsChange => false;

        /// <inheritdoc/>
        public override string ToString() => "read";

        internal override string? Make(string? before) => before;

        internal override bool CouldMake(string? after) => false;
    }

    /// <summary>Sets the value.</summary>
    /// <param name="Value">To what.</param>
    public sealed record Write(string? Value) : OperationKind
    {
        /// <inheritdoc/>
        public override string ToString() => $"write {Value ?? "nothing"}";

        internal override string? Make(string? before) => Value;

        internal override bool CouldMake(string? after) => after == Value;
    }

    /// <summary>Sets the value if the register holds an expected one.</summary>
    /// <param name="Expected">What it must hold; null for nothing.</param>
    /// <param name="Value">What it holds then.</param>
    public sealed record CompareAndSet(string? Expected, string? Value) : OperationKind
    {
        /// <inheritdoc/>
        public override string ToString() => $"set {Value ?? "nothing"} if {Expected ?? "nothing"}";

        internal override bool IsMet(Seen before, bool versions) => before.Value == Expected;

        internal override bool MayBeRefused(Seen before, bool versions) => before.Value != Expected;

        internal override string? Make(string? before) => Value;

        internal override bool CouldMake(string? after) => after == Value;
    }

    /// <summary>Sets the value if the register is at an expected version.</summary>
    /// <param name="Expected">The version that it must be at.</param>
    /// <param name="Value">What it holds then.</param>
    public sealed record CompareVersionAndSet(ulong Expected, string? Value) : OperationKind
    {
        /// <inheritdoc/>
        public override string ToString() => $"set {Value ?? "nothing"} if at version {Expected}";

        internal override bool IsMet(Seen before, bool versions) => !versions || before.Version == Expected;

        internal override bool MayBeRefused(Seen before, bool versions) => !versions || before.Version != Expected;

        internal override string? Make(string? before) => Value;

        internal override bool CouldMake(string? after) => after == Value;
    }

    /// <summary>Puts text behind the value; nothing counts as empty text.</summary>
    /// <param name="Text">What is put there.</param>
    public sealed record Append(string Text) : OperationKind
    {
        /// <inheritdoc/>
        public override string ToString() => $"append {Text}";

        internal override string? Make(string? before) => before + Text;

        internal override bool CouldMake(string? after) => after?.EndsWith(Text, StringComparison.Ordinal) is true;
    }

    /// <summary>Adds to a decimal number; nothing counts as 0. It does not apply to what is no number, nor past the limits.</summary>
    /// <param name="Delta">How much.</param>
    public sealed record Add(long Delta) : OperationKind
    {
        /// <inheritdoc/>
        public override string ToString() => $"add {Delta}";

        internal override bool IsMet(Seen before, bool versions) => Sum(before.Value) is not null;

        internal override string? Make(string? before) => Sum(before)?.ToString(CultureInfo.InvariantCulture);

        internal override bool CouldMake(string? after) => after is not null && Number(after) is not null;

        private long? Sum(string? before)
        {
            if (Number(before) is not { } number)
                return null;
            var sum = (Int128)number + Delta;
            return sum > long.MaxValue || sum < long.MinValue ? null : (long)sum;
        }

        private static long? Number(string? value) =>
            value is null ? 0
            : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : null;
    }

    /// <summary>Leaves nothing.</summary>
    public sealed record Delete : OperationKind
    {
        /// <inheritdoc/>
        public override string ToString() => "delete";

        internal override string? Make(string? before) => null;

        internal override bool CouldMake(string? after) => after is null;
    }
}
