using Roj.Host.Tokens;
using Roj.Token;

namespace Roj;

/// <summary>How a token stands, as far as a node knows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Holder">The id of the node whose turn it was when it was heard of last (<see cref="RojMember.Id"/>); null for nobody
/// yet.</param>
/// <param name="IsHere">Whether it is this node's turn.</param>
/// <param name="Fence">Which turn that is.</param>
/// <param name="Progress">How far the work is of which this node has the result.</param>
/// <param name="Data">The result, as this node knows it.</param>
public sealed record RojToken(string Name, string? Holder, bool IsHere, RojFence Fence, ulong Progress, ReadOnlyMemory<byte> Data)
{
    internal static RojToken Of(TokenFinding found)
    {
        var status = found.Status;
        return new RojToken(
            status.Name,
            status.Holder?.ToString(),
            status.State is TokenState.Owner,
            RojFence.Of(status.Seen),
            found.Progress,
            found.Data);
    }
}
