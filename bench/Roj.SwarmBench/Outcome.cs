using Roj.EndToEnd;

namespace Roj.SwarmBench;

/// <summary>What one run of one tool gave.</summary>
internal sealed class Outcome
{
    /// <summary>What was to be done.</summary>
    public required Trial Trial { get; init; }

    /// <summary>Who did it.</summary>
    public required string Tool { get; init; }

    /// <summary>What went wrong; null if every receiver has the file, byte for byte.</summary>
    public string? Failure { get; init; }

    /// <summary>From before the file was first read until the description of it was there.</summary>
    public TimeSpan Created { get; init; }

    /// <summary>From before the file was first read until the last receiver had it.</summary>
    public TimeSpan Makespan => Nodes.Skip(1).Max(node => node.Complete);

    /// <summary>The same of the first receiver.</summary>
    public TimeSpan FirstComplete => Nodes.Skip(1).Min(node => node.Complete);

    /// <summary>The processor time of everything that was started for the run, until then.</summary>
    public TimeSpan Cpu { get; init; }

    /// <summary>What everybody else took meanwhile: the noise.</summary>
    public TimeSpan OtherCpu { get; init; }

    /// <summary>The part of the machine that everybody else took: from a tenth on, what depends on the processors says little.</summary>
    public double Disturbance => OtherCpu / (Makespan * Environment.ProcessorCount);

    /// <summary>The seeder first.</summary>
    public IReadOnlyList<NodeOutcome> Nodes { get; init; } = [];

    /// <summary>How often the seeder sent the file, in bytes that are the programs' own.</summary>
    public double SeederOverFile => (double)Nodes[0].SentPayloadBytes / Trial.Bytes;

    /// <summary>What one node did.</summary>
    /// <param name="Address">Where it is.</param>
    /// <param name="Complete">When it had the file, since the beginning.</param>
    /// <param name="PeakRssBytes">The most memory it had; null if it had ended by itself before it could be asked.</param>
    /// <param name="Traffic">What went over its cable until the last receiver had the file.</param>
    internal sealed record NodeOutcome(string Address, TimeSpan Complete, long? PeakRssBytes, Traffic Traffic)
    {
        // Ethernet 14, IPv4 20, TCP with timestamps 32. A frame here is what the kernel hands over the virtual cable: up to 64 KiB with
        // one header, or 1,514 bytes with one; so the headers are counted by frames, not by a share of the bytes.
        private const int HeaderBytes = 66;

        /// <summary>What it sent, without headers: what TCP carried (with what was sent twice), and a few datagrams.</summary>
        public long SentPayloadBytes => Traffic.SentBytes - (HeaderBytes * Traffic.SentFrames);

        /// <summary>What it was sent, without headers.</summary>
        public long ReceivedPayloadBytes => Traffic.ReceivedBytes - (HeaderBytes * Traffic.ReceivedFrames);
    }
}
