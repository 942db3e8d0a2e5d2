namespace Roj.Simulation.Tests.Mutants;

/// <summary>What the simulation of the log must catch: what makes it last.</summary>
internal static class LogMutants
{
    private const string Opener = "Roj.Log/Opening/LogOpener.cs";
    private const string Commit = "Roj.Log/LogCommit.cs";
    private const string Compaction = "Roj.Log/Background/Compaction.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("no sync", Commit, "disk.Sync(Batch.Segment.Name)", "LogDiskResult.Done", Seeds: 20),
        new("a sync that failed is good enough", Commit, "? result : LogDiskResult.Failed;", "? result : LogDiskResult.Done;", Seeds: 20),
        new(
            "no sync of the directory",
            Commit,
            "return result == LogDiskResult.Done ? disk.SyncDirectory() : result;",
            "return result;",
            Seeds: 50),
        new("no sync of a header", Commit, "result = disk.Sync(unfinished);", "result = LogDiskResult.Done;", Seeds: 50),
        new(
            "no checksum",
            "Roj.Log/Segments/RecordScan.cs",
            "if (Header.Crc != RecordHeader.CrcOf(",
            "if (0 != 0 * RecordHeader.CrcOf(",
            Seeds: 100) { Likely = 18 },
        new("what was read at opening is not synced", Opener, "return Worse(result, disk.Sync(newest.Name));", "return result;", Seeds: 50),
        new(
            "what a failed sync left in the cache is not written again",
            Opener,
            "result = disk.Write(newest.Name, last.LastBatch, bytes);",
            "result = LogDiskResult.Done;",
            Seeds: 500) { Likely = 9 },
        new(
            "what is torn is damage",
            "Roj.Log/Opening/TailJudge.cs",
            "&& header.BatchStart > broken",
            "&& header.BatchStart > 0",
            Seeds: 100),
        new(
            "a segment goes before its copies last",
            Compaction,
            "isCopied && state.DurableSequence >= victim.DeadBy;",
            "isCopied;",
            Seeds: 100),
        new(
            "a segment goes before what made its records dead lasts",
            "Roj.Log/DurableLog.cs",
            "state.DurableSequence = batch.LastSequence;",
            "state.DurableSequence = state.NextSequence - 1;",
            Seeds: 500) { Likely = 198 },
        new(
            "tombstones go with any segment",
            Compaction,
            "&& state.Segments.Oldest == victim)",
            "&& victim.Number > 0)",
            Seeds: 2_000) { Likely = 102 },
        new("one hash, one key", "Roj.Log/LogState.cs", "if (IsOf(key, slot))", "if (!slot.IsEmpty)", Seeds: 20),
        new(
            "what had no room is forgotten",
            "Roj.Log/DurableLog.cs",
            "(full, IsFull) = (commit, true);",
            "(full, IsFull) = (null, true);",
            Seeds: 50),
    ];
}
