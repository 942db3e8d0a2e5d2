namespace Roj.Simulation.Agreement.Seats;

/// <summary>A <see cref="SeatsRun"/> whose registers are in slots of the store, which move all the time.</summary>
/// <param name="seed">The number that everything follows from.</param>
/// <param name="sink">Receives every word as text; null where it is not wanted.</param>
public sealed class MovesRun(ulong seed, Action<string>? sink = null)
{
    private readonly SeatsRun run = new(SeatsTheme.Moves, seed, sink);

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => run.Sights;

    /// <summary>Changes that were acknowledged.</summary>
    public int Acknowledged => run.Acknowledged;

    /// <summary>Runs it; what is wrong, null if nothing is.</summary>
    public string? Run() => run.Run();
}
