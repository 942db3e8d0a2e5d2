using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>That a slot have these replicas, if it still has those from whom that was planned.</summary>
/// <param name="Version">The version that it was planned on: what has changed since is planned anew.</param>
/// <param name="Members">The replicas.</param>
internal sealed record MoveWish(ulong Version, IReadOnlyList<NodeId> Members) : SeatWish
{
    public override bool IsGrantedBy(ReplicaSet set) => set.Members.SequenceEqual(Members);

    public override string? WhyNot(ReplicaSet set) => set.Version == Version ? null : "it was moved meanwhile";

    public override IReadOnlyList<NodeId> Of(ReplicaSet set) => Members;

    public override AgreementEvent? Ended(string? why) => null;
}
