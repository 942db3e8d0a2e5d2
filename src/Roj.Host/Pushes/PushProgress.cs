using Roj.Election.Pushes;
using Roj.Kernel;

namespace Roj.Host.Pushes;

/// <summary>How far this node is with a push.</summary>
/// <param name="Id">Which.</param>
/// <param name="State">How far.</param>
/// <param name="Words">The last line of its command, or what went wrong.</param>
/// <param name="IsKept">Whether what was in the place before is put aside: it must not be done twice.</param>
/// <param name="HadBefore">Whether there was anything.</param>
internal sealed record PushProgress(NodeId Id, PushState State, string Words, bool IsKept, bool HadBefore)
{
    /// <summary>Of nothing.</summary>
    public static PushProgress None { get; } = new(default, PushState.Waiting, "", IsKept: false, HadBefore: false);
}
