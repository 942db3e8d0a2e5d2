namespace Roj.Agreement;

/// <summary>How a change or a reading ended.</summary>
/// <param name="Id">Which.</param>
/// <param name="Applied">Whether it was applied, by whomever. A reading that succeeded was.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Version">The version that it made, or that it was refused at, or that was read; 0 if that is not known.</param>
/// <param name="Content">What the register held at that version; null if that is not known any more, or nobody needs it. Its
/// <see cref="Content.Changes"/> don't travel.</param>
public sealed record Outcome(ChangeId Id, Applied Applied, Refusal Refusal, ulong Version, Content? Content)
{
    /// <summary>Of a <see cref="RegisterChange.Timed"/> that was applied: what was there before, as the data of the register, or only how
    /// that begins where no more was asked for; empty for nothing. Null if that is not known any more.</summary>
    public ReadOnlyMemory<byte>? Before { get; init; }
}
