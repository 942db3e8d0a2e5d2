using Roj.Kernel;

namespace Roj.Host.Tokens;

/// <summary>A turn, as whoever works is given it.</summary>
/// <param name="Token">The name of the token.</param>
/// <param name="Progress">How far the work is.</param>
/// <param name="Data">The result so far; it does not change.</param>
/// <param name="Fence">What to write under: a resource refuses whoever comes with an earlier one.</param>
public sealed record TokenTurn(string Token, ulong Progress, ReadOnlyMemory<byte> Data, Fence Fence);
