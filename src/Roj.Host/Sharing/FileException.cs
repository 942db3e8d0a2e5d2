namespace Roj.Host.Sharing;

/// <summary>The file service can't do what it was asked for, and has changed nothing. The message is one line for the user.</summary>
public sealed class FileException(FileProblem problem, string message) : Exception(message)
{
    /// <summary>What kind of thing is wrong.</summary>
    public FileProblem Problem { get; } = problem;
}
