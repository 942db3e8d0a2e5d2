using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>A node, as others are told of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it; empty if it is not known any more.</param>
/// <param name="Address">Its IPv4 address; empty if it is not known any more.</param>
/// <param name="HttpPort">The port of its HTTP API; 0 if it has none, or that is not known.</param>
public sealed record NodeNameView(string Id, string Name, string Address, int HttpPort)
{
    /// <summary>Made from who is known.</summary>
    public static NodeNameView Of(NodeId node, IReadOnlyList<Member> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.FirstOrDefault(member => member.Id == node) is { } member
            ? new NodeNameView(
                node.ToString(), member.Profile.Name, Endpoint.AddressText(member.Node.Address), member.Profile.HttpPort)
            : new NodeNameView(node.ToString(), "", "", 0);
    }
}
