namespace Roj.Host.Daemon;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">What it said itself; null if it did not get to it, or nobody knows.</param>
/// <param name="Signal">By which signal it was ended; null if it ended by itself, or nobody knows.</param>
/// <param name="Words">The same for people, such as <c>ended with exit code 1</c>.</param>
internal readonly record struct ProcessEnd(int? ExitCode, int? Signal, string Words)
{
    /// <inheritdoc/>
    public override string ToString() => Words;
}
