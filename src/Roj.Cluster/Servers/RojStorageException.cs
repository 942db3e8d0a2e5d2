namespace Roj;

/// <summary>What was asked for was not done. The message is one line that says why.</summary>
/// <param name="problem">What kind of thing is wrong.</param>
/// <param name="message">That line.</param>
/// <param name="isApplied">Whether it changed anything nevertheless; null if nobody knows.</param>
/// <param name="inner">What led to it; null if nothing but that.</param>
public sealed class RojStorageException(RojStorageProblem problem, string message, bool? isApplied = false, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What kind of thing is wrong.</summary>
    public RojStorageProblem Problem { get; } = problem;

    /// <summary>Whether what was asked for changed anything nevertheless: false if surely not; null if nobody knows, and it may yet take
    /// effect.</summary>
    public bool? IsApplied { get; } = isApplied;
}
