namespace Roj.Simulation.Tests.Mutants;

/// <summary>What the simulation of agreement must catch: each rule of the register, of replica sets, leases and fences left out
/// once.</summary>
internal static class AgreementMutants
{
    private const string Acceptor = "Roj.Agreement/Acceptor.cs";
    private const string Proposer = "Roj.Agreement/Proposer.cs";
    private const string Steward = "Roj.Agreement/Steward.cs";
    private const string ReplicaSet = "Roj.Agreement/ReplicaSet.cs";
    private const string Leases = "Roj.Agreement/Leases.cs";
    private const string Content = "Roj.Agreement/Content.cs";
    private const string Burials = "Roj.Agreement/Burials.cs";
    private const string Birth = "Roj.Agreement/Birth.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "a promise is given below another",
            Acceptor,
            "wait > TimeSpan.Zero || ballot <= state.Promised || ballot",
            "wait > TimeSpan.Zero || ballot",
            Seeds: 20),
        new(
            "something is taken below a promise",
            Acceptor,
            "(ballot < state.Promised || ballot <= floor.Ballot))",
            "ballot <= floor.Ballot)",
            Seeds: 20),
        new(
            "a repair is taken below a promise",
            Acceptor,
            "(ballot < state.Promised || ballot <= floor.Ballot))",
            "((ballot < state.Promised && next != Ballot.None) || ballot <= floor.Ballot))",
            Seeds: 200) { Likely = 49 },
        new(
            "an answer is given before it is on the disk",
            "Roj.Node/AgreementShell.cs",
            "if (!message.RestsOnDisk)",
            "if (message is not null)",
            Seeds: 50) { Likely = 13 },
        new("half is a majority", ReplicaSet, "members > Members.Count / 2 &&", "members >= Members.Count / 2 &&", Seeds: 20),
        new(
            "a refusal is not written back",
            Proposer,
            "if (request.Proposed == content && isUnanimous && !request.IsWritingBack)",
            "if (request.Proposed == content && !request.IsWritingBack)",
            Seeds: 50),
        new(
            "a promise of a minority is used",
            Proposer,
            "if (request.Phase is Phase.Accepting && set.IsQuorum(request.Next))",
            "if (request.Phase is Phase.Accepting)",
            Seeds: 20),
        new(
            "a promise is used twice",
            "Roj.Agreement/Promises.cs",
            "known.Remove((slot, name), out var promise)",
            "known.TryGetValue((slot, name), out var promise)",
            Seeds: 20),
        new(
            "a reading believes the greatest that it hears of",
            Proposer,
            "if (set.IsQuorum(having))",
            "if (having is not null)",
            Seeds: 400) { Likely = 39 },
        new(
            "nobody looks whether it was applied already",
            "Roj.Agreement/Request.cs",
            "else if (content.MadeBy(id) is { } made)",
            "else if (content.MadeBy(id) is { } made && made == 0)",
            Seeds: 20),
        new(
            "what is forgotten counts as not applied",
            "Roj.Agreement/Request.cs",
            "TriedSince is { } since && content.HasForgotten(since)",
            "TriedSince is { } since && since == ulong.MaxValue",
            Seeds: 100) { Likely = 11 },
        new(
            "what was forgotten with its register counts as not applied",
            Content,
            "Version - version > (ulong)Changes.Count",
            "Version - version > ChangesMax",
            Seeds: 400) { Likely = 39 },
        // That a request which comes late is not taken for new is held by RegistersTests: no seed below 500 comes to it.
        new(
            "the floor does not keep old things away",
            Acceptor,
            "(ballot < state.Promised || ballot <= floor.Ballot))",
            "ballot < state.Promised)",
            Seeds: 200) { Likely = 41 },
        new(
            "nothing is copied to who is next",
            Steward,
            "if (goal!.Set.IsQuorum(listed))",
            "if (goal is not null)",
            Seeds: 100) { Likely = 42 },
        new(
            "who comes back keeps what he had",
            Acceptor,
            "cache.RemoveWhere((known, _) => known.Slot == slot);",
            "slot = ushort.MaxValue;",
            Seeds: 100) { Likely = 10 },
        new(
            "acceptors don't guard leases",
            Acceptor,
            "var wait = GuardOf(now, slot, name, state, ballot);",
            "var wait = TimeSpan.Zero;",
            Seeds: 20),
        new(
            "a renewal is not guarded",
            Acceptor,
            "            Guard(now, slot, name, state.Content.Lease!);",
            "            _ = name;",
            Seeds: 20),
        new("fences are not compared", "Roj.Agreement/RegisterChange.cs", "mine.IsRefusedBy(kept)", "mine.Sequence == 0", Seeds: 20),
    ];
}
