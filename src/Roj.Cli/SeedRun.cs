using Roj.Simulation;

namespace Roj.Cli;

/// <summary>How the run of a seed ended.</summary>
/// <param name="World">The world that it ran in.</param>
/// <param name="Fault">What is wrong; null if nothing is.</param>
/// <param name="Command">What runs it again.</param>
/// <param name="Setup">What it was like.</param>
internal sealed record SeedRun(World World, string? Fault, string Command, object Setup)
{
    /// <summary>What was done to it.</summary>
    public required IEnumerable<string> Deeds { get; init; }

    /// <summary>How each machine stands.</summary>
    public required IEnumerable<string> Standings { get; init; }

    /// <summary>How often each thing happened that should happen sometimes.</summary>
    public IReadOnlyDictionary<string, long> Sights { get; init; } = new Dictionary<string, long>();

    /// <summary>What else there is to be said of it.</summary>
    public string? More { get; init; }
}
