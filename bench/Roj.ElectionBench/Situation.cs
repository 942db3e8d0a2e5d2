using System.Globalization;

namespace Roj.ElectionBench;

/// <summary>What a leader is lost in.</summary>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Lease">How long a leader may be silent before the others look for another: etcd's election time-out, Roj's lease.</param>
internal sealed record Situation(int Nodes, TimeSpan Lease)
{
    /// <summary>The lease as programs are told it.</summary>
    public string LeaseMilliseconds => Lease.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => $"{Nodes} nodes, {LeaseMilliseconds,4} ms";
}
