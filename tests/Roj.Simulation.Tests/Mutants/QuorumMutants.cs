namespace Roj.Simulation.Tests.Mutants;

/// <summary>What must be caught of the store where a majority decides: of K1 to K10 each that it promises, left out once.</summary>
/// <remarks>
/// <para>Not K7: there are no hints. Of K9, there are no clocks that order writings, but versions, which must not go back either.</para>
/// </remarks>
internal static class QuorumMutants
{
    private const string Acceptor = "Roj.Agreement/Acceptor.cs";
    private const string Proposer = "Roj.Agreement/Proposer.cs";
    private const string KeyCall = "Roj.Storage/Quorum/KeyCall.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "K1: an answer is given before it is on the disk",
            "Roj.Node/AgreementShell.cs",
            "if (!message.RestsOnDisk)",
            "if (message is not null)",
            Seeds: 20),
        new(
            "K2: what is read is another key's",
            "Roj.Storage/Quorum/KeySlots.cs",
            "        bytes[0] = (byte)key.Database;\n        key.Name.CopyTo(bytes.AsMemory(1));",
            "        bytes[0] = (byte)key.Database;\n        key.Name.CopyTo(bytes.AsMemory(1));\n        bytes[^1] &= 0xFE;",
            Seeds: 20),
        new(
            "K3: replicas are not compared",
            "Roj.Agreement/Repairs.cs",
            "if (heads.Count > 0)\n        {",
            "if (heads.Count > AgreementCodec.ListedMax)\n        {",
            Seeds: 20),
        new(
            "K4: half is a majority",
            "Roj.Agreement/ReplicaSet.cs",
            "members > Members.Count / 2 &&",
            "members >= Members.Count / 2 &&",
            Seeds: 20),
        new(
            "K4: something is taken below a promise",
            Acceptor,
            "(ballot < state.Promised || ballot <= floor.Ballot))",
            "ballot <= floor.Ballot)",
            Seeds: 50),
        new(
            "K5: what was given up was not done",
            "Roj.Agreement/Request.cs",
            "change is null || TriedSince is null ? Applied.No : Applied.Unknown;",
            "change is null || TriedSince is null ? Applied.No : Applied.No;",
            Seeds: 50) { Likely = 13 },
        new(
            "K6: who was told that it is over may see it elsewhere",
            "Roj.Storage/Quorum/QuorumStore.cs",
            "else if (pending.Known is null && KeyCall.RestsOnEnd(outcome, pending.Unix))",
            "else if (pending.Known is null && pending.Unix == 0)",
            Seeds: 150) { Likely = 15 },
        new(
            "K6: what is over is shown",
            KeyCall,
            "var live = held is { } one && !one.IsOver(unix) ? held : null;",
            "var live = held;",
            Seeds: 20),
        new(
            "K10: a set of two needs one majority",
            "Roj.Agreement/ReplicaSet.cs",
            "&& (Next is null || next > Next.Count / 2)",
            "&& next >= 0",
            Seeds: 30),
        new(
            "K4: a request that is asked for elsewhere is done once more",
            "Roj.Agreement/Request.cs",
            "else if (content.MadeBy(id) is { } made)",
            "else if (TriedSince == ulong.MaxValue && content.MadeBy(id) is { } made)",
            Seeds: 20),
        new(
            "K8: a register is forgotten before all have sworn",
            "Roj.Agreement/Burials.cs",
            "case AgreementMessage.Raised when burial.IsSworn && burial.IsLast(from):",
            "case AgreementMessage.Raised when burial.IsSworn:",
            Seeds: 20),
        new(
            "K8: a former replica keeps what it took",
            "Roj.Agreement/Slots.cs",
            "(!told.Set.Members.Contains(self) || HasMissed(known?.Set, told.Set));",
            "HasMissed(known?.Set, told.Set);",
            Seeds: 20),
        new(
            "K9: an empty register's version goes back",
            "Roj.Agreement/Answers.cs",
            "&& taken[index].Content.Version == version)];",
            "&& version >= 0)];",
            Seeds: 150) { Likely = 13 },
        new(
            "K10: copying lists only one old member",
            "Roj.Agreement/Steward.cs",
            "if (goal!.Set.IsQuorum(listed))",
            "if (listed.Count > 0)",
            Seeds: 50),
        new(
            "a change is told before a majority has it",
            Proposer,
            "if (set.IsQuorum(request.Answers.Nodes))\n                    Taken(",
            "Tell(request, outbox);\n                if (set.IsQuorum(request.Answers.Nodes))\n                    Taken(",
            Seeds: 50),
        new(
            "a change that another made is told by nobody",
            Proposer,
            "if (request is { Change: not null, Outcome.Applied: Applied.Yes })",
            "if (request is { Change: null, Outcome.Applied: Applied.No })",
            Seeds: 50),
        new("fences are not compared", "Roj.Agreement/RegisterChange.cs", "mine.IsRefusedBy(kept)", "mine.Sequence == 0", Seeds: 30),
        new(
            "what is listed is what one replica has",
            "Roj.Agreement/Scans.cs",
            "if (set.IsQuorum(scan.Answers.Keys))",
            "if (scan.Answers.Count > 0)",
            Seeds: 30),
    ];
}
