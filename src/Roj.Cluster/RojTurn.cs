using Roj.Host.Tokens;

namespace Roj;

/// <summary>A node's turn at the work of a token.</summary>
/// <param name="Token">The name of the token.</param>
/// <param name="Progress">How far the work is; 0 before anything was done.</param>
/// <param name="Data">The result so far; empty before there is one.</param>
/// <param name="Fence">Which turn it is: whatever the work writes to should remember the greatest, and refuse all lesser ones.</param>
public sealed record RojTurn(string Token, ulong Progress, ReadOnlyMemory<byte> Data, RojFence Fence)
{
    internal static RojTurn Of(TokenTurn turn) =>
        new(turn.Token, turn.Progress, turn.Data, new RojFence(turn.Fence.Epoch, turn.Fence.Sequence));
}
