using System.Buffers.Text;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>A change of one register: read, decided on and written in one go, wherever it is carried out.</summary>
public abstract record RegisterChange
{
    private RegisterChange()
    {
    }

    /// <summary>What must hold for it to be made.</summary>
    public Condition Condition { get; init; }

    /// <summary>By which right it is made; null for none in particular.</summary>
    public Fence? Fence { get; init; }

    /// <summary>What the register holds afterwards, and why not if it does not.</summary>
    /// <param name="content">What it holds before.</param>
    /// <param name="id">Which change this is.</param>
    public (Content Content, Refusal Refusal) Apply(Content content, ChangeId id)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!Condition.IsMetBy(content))
            return (content, Refusal.ConditionFailed);
        if (Guard(content.Fences, out var fences) is not Refusal.None and var fenced)
            return (content, fenced);
        var decision = Decide(content);
        return decision.Refusal is Refusal.None
            ? (content.After(id, decision.Data, decision.Lease, fences), Refusal.None)
            : (content, decision.Refusal);
    }

    /// <summary>What who asked is told of what was there before: empty for nothing; null if nothing of it is told.</summary>
    internal virtual ReadOnlyMemory<byte>? Before(Content content) => null;

    private protected abstract Decision Decide(Content content);

    private Refusal Guard(IReadOnlyList<Fence> kept, out IReadOnlyList<Fence> fences)
    {
        fences = kept;
        if (Fence is not { } mine)
            return Refusal.None;
        if (mine.IsRefusedBy(kept))
            return Refusal.Fenced;
        var after = mine.Above(kept);
        if (after.Count > Content.FencesMax)
            return Refusal.TooManyFences;
        fences = after;
        return Refusal.None;
    }

    /// <summary>It is to hold this.</summary>
    /// <param name="Data">What.</param>
    public sealed record Set(ReadOnlyMemory<byte> Data) : RegisterChange
    {
        private protected override Decision Decide(Content content) =>
            Data.Length > Content.BytesMax ? Decision.Refuse(Refusal.TooLong) : Decision.Write(Data, content.Lease);
    }

    /// <summary>It is to hold nothing.</summary>
    public sealed record Delete : RegisterChange
    {
        private protected override Decision Decide(Content content) => Decision.Write(null, content.Lease);
    }

    /// <summary>This is to stand behind what it holds.</summary>
    /// <param name="Data">What.</param>
    public sealed record Append(ReadOnlyMemory<byte> Data) : RegisterChange
    {
        private protected override Decision Decide(Content content)
        {
            var before = content.Data ?? default;
            if ((long)before.Length + Data.Length > Content.BytesMax)
                return Decision.Refuse(Refusal.TooLong);
            var joined = new byte[before.Length + Data.Length];
            before.CopyTo(joined);
            Data.CopyTo(joined.AsMemory(before.Length));
            return Decision.Write(joined, content.Lease);
        }
    }

    /// <summary>This is to be added to the number that it holds in decimal digits; nothing counts as zero.</summary>
    /// <param name="Delta">How much.</param>
    public sealed record Add(long Delta) : RegisterChange
    {
        private protected override Decision Decide(Content content)
        {
            var number = 0L;
            if (content.Data is { } data && (!Utf8Parser.TryParse(data.Span, out number, out var length) || length != data.Length))
                return Decision.Refuse(Refusal.NotANumber);
            var sum = (Int128)number + Delta;
            if (sum < long.MinValue || sum > long.MaxValue)
                return Decision.Refuse(Refusal.NotANumber);
            var digits = new byte[20];
            Utf8Formatter.TryFormat((long)sum, digits, out var written);
            return Decision.Write(digits.AsMemory(0, written), content.Lease);
        }
    }

    /// <summary>A step on a value that may end.</summary>
    /// <param name="Now">What time it is, in milliseconds since 1970 (UTC), as who asks has it: it travels with the change, so that whoever
    /// carries it out decides alike.</param>
    /// <param name="Step">What to do.</param>
    public sealed record Timed(long Now, TimedStep Step) : RegisterChange
    {
        internal override ReadOnlyMemory<byte>? Before(Content content) =>
            TimedValue.Read(content.Data) is not { } held || held.IsOver(Now) ? ReadOnlyMemory<byte>.Empty
            : Step.ShowsBefore ? content.Data
            : held.Head();

        private protected override Decision Decide(Content content)
        {
            var held = TimedValue.Read(content.Data);
            var isOver = held?.IsOver(Now) is true;
            var (refusal, after) = Step.Decide(isOver ? null : held, isOver);
            if (refusal is not Refusal.None)
                return Decision.Refuse(refusal);
            return after is { } value && !value.IsOver(Now)
                ? Decision.Write(value.Write(), content.Lease)
                : Decision.Write(null, content.Lease);
        }
    }

    /// <summary>It is to be somebody's: under the next epoch.</summary>
    /// <remarks>Acceptors keep this away while it is another's. It must be proposed by the holder itself.</remarks>
    /// <param name="Holder">Whose.</param>
    /// <param name="Boot">In which of its lives.</param>
    /// <param name="Duration">For how long.</param>
    public sealed record Claim(NodeId Holder, uint Boot, TimeSpan Duration) : RegisterChange
    {
        private protected override Decision Decide(Content content) =>
            Decision.Write(content.Data, new Lease(checked((content.Lease?.Epoch ?? 0) + 1), Holder, Boot, Duration));
    }

    /// <summary>It is to stay whose it is: written once more, so that those have it who came later.</summary>
    /// <param name="Epoch">Which holding.</param>
    public sealed record Keep(ulong Epoch) : RegisterChange
    {
        private protected override Decision Decide(Content content) =>
            content.Lease is { IsFree: false } lease && lease.Epoch == Epoch
                ? Decision.Write(content.Data, lease)
                : Decision.Refuse(Refusal.LeaseMoved);
    }

    /// <summary>It is to be another's, under the same epoch and for as long.</summary>
    /// <remarks>It must be proposed by the holder itself, as <see cref="Claim"/>.</remarks>
    /// <param name="Epoch">Which holding.</param>
    /// <param name="To">Whose it is to be.</param>
    /// <param name="Boot">In which of his lives.</param>
    /// <param name="Data">What it is to hold.</param>
    public sealed record Hand(ulong Epoch, NodeId To, uint Boot, ReadOnlyMemory<byte> Data) : RegisterChange
    {
        private protected override Decision Decide(Content content) =>
            content.Lease is not { IsFree: false } lease || lease.Epoch != Epoch ? Decision.Refuse(Refusal.LeaseMoved)
            : Data.Length > Content.BytesMax ? Decision.Refuse(Refusal.TooLong)
            : Decision.Write(Data, lease with { Holder = To, Boot = Boot });
    }

    /// <summary>It is to be nobody's any more.</summary>
    /// <param name="Epoch">Which holding is over.</param>
    public sealed record Release(ulong Epoch) : RegisterChange
    {
        private protected override Decision Decide(Content content) =>
            content.Lease is { IsFree: false } lease && lease.Epoch == Epoch
                ? Decision.Write(content.Data, lease with { Duration = TimeSpan.Zero })
                : Decision.Refuse(Refusal.LeaseMoved);
    }
}
