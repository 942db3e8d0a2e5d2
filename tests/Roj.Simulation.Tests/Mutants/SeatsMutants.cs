namespace Roj.Simulation.Tests.Mutants;

/// <summary>What takes several mishaps in a row, and is caught where they are many: by the small runs of agreement.</summary>
internal static class SeatsMutants
{
    private const string Acceptor = "Roj.Agreement/Acceptor.cs";
    private const string Steward = "Roj.Agreement/Steward.cs";
    private const string Leases = "Roj.Agreement/Leases.cs";
    private const string Witnesses = "Roj.Agreement/Witnesses.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "an attempt does not say in which life it was made",
            "Roj.Agreement/Proposer.cs",
            "return new Ballot(counter, self, boot);",
            "return new Ballot(counter, self, 1);",
            Seeds: 500),
        new(
            "an acceptor answers for a set that it has left",
            Acceptor,
            "return version == known.Set.Version && known.Set.Has(self);",
            "return version <= known.Set.Version;",
            Seeds: 500),
        new(
            "a set of two needs one majority",
            "Roj.Agreement/ReplicaSet.cs",
            "&& (Next is null || next > Next.Count / 2)",
            "&& next >= 0",
            Seeds: 500),
        new(
            "a register is forgotten before all have sworn",
            "Roj.Agreement/Burials.cs",
            "case AgreementMessage.Raised when burial.IsSworn && burial.IsLast(from):",
            "case AgreementMessage.Raised when burial.IsSworn:",
            Seeds: 500) { Likely = 30 },
        new(
            "the roster is changed whatever it is",
            Steward,
            "new RegisterChange.Set(Placement.DataOf(set)) { Condition = Condition.At(on) }",
            "new RegisterChange.Set(Placement.DataOf(set)) { Condition = on > 0 ? default : default }",
            Seeds: 500) { Likely = 156 },
        new(
            "a set is left before enough of who is next have adopted it",
            Steward,
            "if (!goal.Set.IsQuorum(adopted))",
            "if (!goal.Set.IsMajority(adopted))",
            Seeds: 500),
        new(
            "a steward takes any answer for the one it waits for",
            Steward,
            "if (outcome.Id != awaited)",
            "if (goal is { Set: null })",
            Seeds: 500) { Likely = 171 },
        new(
            "an acceptor forgets what it guards when it starts",
            Acceptor,
            ": startedAt + lease.Guarded;",
            ": startedAt;",
            Seeds: 500) { Likely = 22 },
        new(
            "a lease is renewed that another was promised",
            Acceptor,
            "&& (state.Promised == state.Accepted || lease.IsOf(state.Promised));",
            "&& state.Promised >= state.Accepted;",
            Seeds: 500),
        new(
            "a renewal counts from later than it was asked for",
            Leases,
            "(holding.Set, holding.SentAt, holding.RenewAt) = (set, now, now",
            "(holding.Set, holding.SentAt, holding.RenewAt) = (set, now + holding.Lease.Duration, now",
            Seeds: 500) { Likely = 167 },
        new(
            "a disk that was set back votes",
            Witnesses,
            "(isSetBack, IsConfirmed, Deadline) = (true, false, null);",
            "(isSetBack, IsConfirmed, Deadline) = (true, true, null);",
            Seeds: 500),
        new(
            "that a disk was set back is forgotten with the life that found it out",
            Witnesses,
            "isSetBack = mark is not null;",
            "isSetBack = false;",
            Seeds: 500),
        new(
            "nobody is asked whether the disk was set back",
            Witnesses,
            "set.IsQuorum(confirmed.Append(self))",
            "set.Has(self)",
            Seeds: 500) { Likely = 14 },
        new(
            "a cluster begins without all of its first members",
            "Roj.Agreement/Birth.cs",
            "if (held.Set.Members.All(having.Contains))",
            "if (2 * held.Set.Members.Count(having.Contains) > held.Set.Members.Count)",
            Seeds: 500),
    ];
}
