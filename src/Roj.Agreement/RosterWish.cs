using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>That a node be a member of the roster, or not.</summary>
/// <param name="Node">Which.</param>
/// <param name="IsMember">Whether it is to be one.</param>
internal sealed record RosterWish(NodeId Node, bool IsMember) : SeatWish
{
    public override bool IsGrantedBy(ReplicaSet set) => set.Members.Contains(Node) == IsMember;

    public override string? WhyNot(ReplicaSet set) => IsMember
        ? set.Members.Count >= ReplicaSet.MembersMax ? $"at most {ReplicaSet.MembersMax} vote" : null
        : set.Members.Count == 1 ? "it is the last member of the roster" : null;

    public override AgreementEvent Ended(string? why) => new AgreementEvent.RosterChanged(Node, IsMember, why is null, why);

    public override IReadOnlyList<NodeId> Of(ReplicaSet set) =>
        IsMember ? [.. set.Members, Node] : [.. set.Members.Where(member => member != Node)];
}
