namespace Roj.Simulation.Swarms;

/// <summary>A node did what it must never do: the run stops where it happened.</summary>
public sealed class BrokenInvariantException(string message) : Exception(message);
