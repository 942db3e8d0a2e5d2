using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>That a node be a member of the roster, or not.</summary>
/// <param name="Node">Which.</param>
/// <param name="IsMember">Whether it is to be one.</param>
internal sealed record RosterWish(NodeId Node, bool IsMember)
{
    public bool IsGrantedBy(ReplicaSet set) => set.Members.Contains(Node) == IsMember;

    public string? WhyNot(ReplicaSet set) => IsMember
        ? set.Members.Count >= ReplicaSet.MembersMax ? $"at most {ReplicaSet.MembersMax} vote" : null
        : set.Members.Count == 1 ? "it is the last member of the roster" : null;

    /// <summary>What is told of it in the end.</summary>
    /// <param name="why">Why it was not granted; null if it was.</param>
    public AgreementEvent Ended(string? why) => new AgreementEvent.RosterChanged(Node, IsMember, why is null, why);

    public IReadOnlyList<NodeId> Of(ReplicaSet set) =>
        IsMember ? [.. set.Members, Node] : [.. set.Members.Where(member => member != Node)];
}
