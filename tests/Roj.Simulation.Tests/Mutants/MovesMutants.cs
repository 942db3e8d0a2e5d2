namespace Roj.Simulation.Tests.Mutants;

/// <summary>What must be caught where slots of the store move: each rule of a move left out once.</summary>
internal static class MovesMutants
{
    private const string Slots = "Roj.Agreement/Slots.cs";
    private const string Steward = "Roj.Agreement/Steward.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "copying lists only one old member",
            Steward,
            "if (goal!.Set.IsQuorum(listed))",
            "if (listed.Count > 0)",
            Seeds: 1000) { Likely = 9 },
        new(
            "a slot is copied, and closed, before a majority of the old has adopted",
            Steward,
            "if (!goal.Set.IsQuorum(adopted))",
            "if (adopted.Count == 0)",
            Seeds: 100),
        new(
            "a slot is closed before anything is copied",
            Steward,
            "stage = Stage.Copying;\n        listed.Clear();",
            "stage = Stage.Copying;\n        listed.UnionWith(goal.Set.Members);",
            Seeds: 500),
        new(
            "an acceptor of an old version goes on",
            "Roj.Agreement/Acceptor.cs",
            "return version == known.Set.Version && known.Set.Has(self);",
            "return version <= known.Set.Version && known.Set.Has(self);",
            Seeds: 100),
        new(
            "the floor stays behind",
            Steward,
            """
                    var floor = goal.Floor.Over(message.Floor);
                    if (stage is Stage.Adopting && floor != goal.Floor)
                    {
                        Adopt(now, goal with { Floor = floor }, stage, outbox);
                        return;
                    }

                    if (message.Floor != floor)
                        return;

            """,
            "",
            Seeds: 1000),
        new(
            "a former replica keeps what it took",
            Slots,
            "(!told.Set.Members.Contains(self) || HasMissed(known?.Set, told.Set));",
            "HasMissed(known?.Set, told.Set);",
            Seeds: 1000),
        new(
            "a slot is placed anew by who does not know it",
            "Roj.Agreement/Lookups.cs",
            "new RegisterChange.Set(Placement.DataOf(first)) { Condition = Condition.Absent }",
            "new RegisterChange.Set(Placement.DataOf(first)) { Condition = Condition.None }",
            Seeds: 1000),
        new(
            "an empty register's version goes back",
            "Roj.Agreement/Answers.cs",
            "&& taken[index].Content.Version == version)];",
            "&& version >= 0)];",
            Seeds: 1000),
        new(
            "what is short on the disk is not compared",
            "Roj.Agreement/Records.cs",
            "    public static (Ballot Taken, bool IsDeletion)? TakenIn(ReadOnlyMemory<byte> head)\n    {",
            "    public static (Ballot Taken, bool IsDeletion)? TakenIn(ReadOnlyMemory<byte> head)\n    {\n"
                + "        if (head.Length < IStableStore.HeadBytes)\n            return null;",
            Seeds: 1000),
    ];
}
