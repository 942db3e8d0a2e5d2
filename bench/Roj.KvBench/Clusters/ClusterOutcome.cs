namespace Roj.KvBench;

/// <summary>What one load on one subject gave.</summary>
/// <param name="Subject">Who was loaded.</param>
/// <param name="Does"><see cref="ClusterLoad.Put"/> or <see cref="ClusterLoad.Get"/>.</param>
/// <param name="Clients">By how many clients.</param>
/// <param name="Pipeline">How many requests each had under way.</param>
/// <param name="PerSecond">Requests answered each second.</param>
/// <param name="P50">What half of the turns didn't take longer than, in milliseconds.</param>
/// <param name="P99">What 99 of 100 didn't.</param>
/// <param name="Cpu">Processor time of all nodes together, in microseconds for each request.</param>
/// <param name="ClientCpu">The load generator's.</param>
/// <param name="Others">The part of the machine that everybody else took meanwhile.</param>
internal sealed record ClusterOutcome(
    string Subject, string Does, int Clients, int Pipeline, double PerSecond, double P50, double P99, double Cpu, double ClientCpu,
    double Others);
