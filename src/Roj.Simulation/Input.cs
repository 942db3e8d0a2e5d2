using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation;

/// <summary>One thing that a machine's program is told.</summary>
internal readonly record struct Input(InputKind Kind, SimStream? Stream = null, Action? Action = null)
{
    internal Endpoint From { get; init; }

    internal Endpoint To { get; init; }

    internal byte[]? Buffer { get; init; }

    internal int Length { get; init; }
}
