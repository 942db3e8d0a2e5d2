namespace Roj.EndToEnd;

/// <summary>What happens to the nodes while they work.</summary>
internal abstract record Faults
{
    /// <summary>A random node is restarted every so often, and now and then all of them are.</summary>
    /// <remarks>A restart is SIGTERM, then SIGKILL after 10 s.</remarks>
    /// <param name="Every">Between two restarts of a random node.</param>
    /// <param name="AllEvery">Between two restarts of all; null: never.</param>
    internal sealed record Restarts(TimeSpan Every, TimeSpan? AllEvery) : Faults;

    /// <summary>Again and again: kill all (SIGKILL), start a random half, let it run.</summary>
    /// <param name="Length">How long a half may run.</param>
    internal sealed record Epochs(TimeSpan Length) : Faults;
}
