namespace Roj;

/// <summary>A file can't be shared, fetched or removed, and nothing was changed. The message is one line that says why.</summary>
/// <param name="problem">What kind of thing is wrong.</param>
/// <param name="message">That line.</param>
/// <param name="inner">What led to it; null if nothing but that.</param>
public sealed class RojFileException(RojFileProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of thing is wrong.</summary>
    public RojFileProblem Problem { get; } = problem;
}
