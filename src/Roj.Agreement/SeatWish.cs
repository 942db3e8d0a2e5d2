using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>How somebody wishes a replica set to be.</summary>
internal abstract record SeatWish
{
    /// <summary>Whether it is so.</summary>
    public abstract bool IsGrantedBy(ReplicaSet set);

    /// <summary>Why it can't become so; null if it can.</summary>
    public abstract string? WhyNot(ReplicaSet set);

    /// <summary>Who is to be a member.</summary>
    public abstract IReadOnlyList<NodeId> Of(ReplicaSet set);

    /// <summary>What is told of it in the end; null for nothing.</summary>
    /// <param name="why">Why it was not granted; null if it was.</param>
    public abstract AgreementEvent? Ended(string? why);
}
