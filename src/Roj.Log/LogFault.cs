namespace Roj.Log;

/// <summary>Why a log was not opened. Nothing on the disk was changed.</summary>
/// <param name="File">The file it is about.</param>
public abstract record LogFault(string File)
{
    private LogFault(string file, string sentence)
        : this(file)
    {
        Sentence = sentence;
    }

    /// <summary>What is wrong and what can be done, for people.</summary>
    public string Sentence { get; } = "";

    /// <summary>Bytes that had been made durable are not what was written, at <paramref name="Offset"/>.</summary>
    public sealed record Corrupt(string File, long Offset) : LogFault(
        File,
        $"{File} is damaged at byte {Offset}, in the middle of what had been kept: put it back from a backup, or move the directory away "
        + "and let the node get its data from the others");

    /// <summary>A later version of Roj wrote it.</summary>
    public sealed record FutureVersion(string File, int Version) : LogFault(
        File, $"{File} has format {Version} of a later Roj, this one reads format {Format.SegmentHeader.Version}: start the later one");

    /// <summary>It belongs to another node or cluster.</summary>
    public sealed record WrongOwner(string File) : LogFault(
        File, $"{File} belongs to another owner: this is the data directory of another node or cluster; give this node its own");

    /// <summary>The system does not give it.</summary>
    public sealed record Unreadable(string File, string Reason) : LogFault(File, $"cannot read {File}: {Reason}");

    /// <summary>The system takes nothing for it.</summary>
    public sealed record Unwritable(string File, string Reason) : LogFault(File, $"cannot write {File}: {Reason}");
}
