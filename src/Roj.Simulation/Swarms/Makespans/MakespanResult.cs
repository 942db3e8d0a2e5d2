namespace Roj.Simulation.Swarms.Makespans;

/// <summary>How a <see cref="MakespanRun"/> went.</summary>
public sealed record MakespanResult
{
    /// <summary>What was run.</summary>
    public required MakespanSetup Setup { get; init; }

    /// <summary>From the start of all to the last complete receiver; null if some never were.</summary>
    public required TimeSpan? Makespan { get; init; }

    /// <summary>Every node, the seeder first.</summary>
    public required IReadOnlyList<NodeReport> Nodes { get; init; }

    /// <summary>How many bytes of each piece the seeder gave, over the piece's length.</summary>
    public required IReadOnlyList<double> CopiesBySeeder { get; init; }

    /// <summary>Every block that came to anybody, in the order in which they came.</summary>
    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>Events of the simulation.</summary>
    public required long Events { get; init; }

    /// <summary><see cref="Makespan"/> over <see cref="MakespanSetup.Bound"/>; infinite if it never ended.</summary>
    public double Ratio => Makespan is { } makespan ? makespan / Setup.Bound : double.PositiveInfinity;

    /// <summary>The seeder's payload over the file: 1 is the least.</summary>
    public double SeederShare => (double)Nodes[0].SentBytes / Math.Max(1, Setup.FileBytes);

    /// <summary>Payload that came to a node which had it already, over all nodes.</summary>
    public long RepeatedBytes => Nodes.Sum(node => node.RepeatedBytes);
}
