using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>One who has a vote.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it; null if it is not known here any more.</param>
/// <param name="Address">Where it listens for other nodes, address and port; null if that is not known.</param>
/// <param name="Alive">Whether it is alive, as far as this node knows.</param>
public sealed record SeatView(string Id, string? Name, string? Address, bool Alive)
{
    /// <summary>Made from what membership knows.</summary>
    public static SeatView Of(NodeId node, IReadOnlyList<Member> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var member = members.FirstOrDefault(member => member.Id == node);
        return new SeatView(
            node.ToString(), member?.Profile.Name, member?.Node.ToString(), member?.State is MemberState.Alive);
    }
}
