namespace Roj.Agreement;

/// <summary>How a change or a reading ended.</summary>
/// <param name="Id">Which.</param>
/// <param name="Applied">Whether it was applied, by whomever. A reading that succeeded was.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Version">The version that it made, or that it was refused at, or that was read; 0 if that is not known.</param>
/// <param name="Content">What the register held at that version; null if that is not known any more. Its
/// <see cref="Content.Changes"/> don't travel.</param>
public sealed record Outcome(ChangeId Id, Applied Applied, Refusal Refusal, ulong Version, Content? Content);
