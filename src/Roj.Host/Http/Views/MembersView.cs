using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/members</c> says: all who are known, by id.</summary>
/// <param name="RosterHash">See <see cref="Http.RosterHash"/>: nodes with the same see the same members.</param>
/// <param name="Members">All, those who are gone included.</param>
public sealed record MembersView(string RosterHash, IReadOnlyList<MemberView> Members)
{
    /// <summary>Made from what the node knows.</summary>
    public static MembersView Of(ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new MembersView(
            Http.RosterHash.Of(snapshot.Members.Where(member => member.State == MemberState.Alive).Select(member => member.Id)),
            [.. snapshot.Members.OrderBy(member => member.Id).Select(MemberView.Of)]);
    }
}
