namespace Roj.RegisterBench;

/// <summary>What one run gave: one subject, freshly started, under so many clients.</summary>
/// <param name="Subject">Who was loaded.</param>
/// <param name="Clients">By how many clients.</param>
internal sealed record Outcome(string Subject, int Clients)
{
    /// <summary>What went wrong; null if nothing did.</summary>
    public string? Failure { get; init; }

    /// <summary>Changes acknowledged per second.</summary>
    public double PerSecond { get; init; }

    /// <summary>What half of the changes didn't take longer than, in milliseconds.</summary>
    public double P50 { get; init; }

    /// <summary>What 99 of 100 changes didn't take longer than, in milliseconds.</summary>
    public double P99 { get; init; }

    /// <summary>How often all nodes together waited for their disks, for each change.</summary>
    public double Syncs { get; init; }

    /// <summary>Processor time of all nodes together, in microseconds per change.</summary>
    public double Cpu { get; init; }

    /// <summary>The load generator's.</summary>
    public double ClientCpu { get; init; }

    /// <summary>The part of the machine that everybody else took meanwhile, the kernel's own threads for the disk among them.</summary>
    public double Others { get; init; }

    /// <summary>The most memory that any node had, in MiB.</summary>
    public double PeakMiB { get; init; }
}
