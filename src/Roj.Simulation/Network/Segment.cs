using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>A piece of a stream on its way, or, without bytes, the word that no more will come.</summary>
internal readonly record struct Segment(byte[]? Buffer, int Length)
{
    /// <summary>When it reaches the other machine's interface.</summary>
    internal Instant Due { get; init; }

    internal bool IsEnd => Buffer is null;
}
