using Roj.Kernel;

namespace Roj.Simulation.Histories;

/// <summary>What a holder believed: that a lease was its own for a time.</summary>
/// <param name="Name">Of the lease.</param>
/// <param name="Epoch">Which of that name's leases; a renewal keeps it.</param>
/// <param name="Holder">Who believed it.</param>
/// <param name="From">Since when, in true time: not on the holder's own clock.</param>
/// <param name="Until">Till when it would have acted on it, in true time; at this instant no longer.</param>
public sealed record Lease(string Name, ulong Epoch, string Holder, Instant From, Instant Until)
{
    /// <summary>As sentences have it: <c>a's lease 3 of leader [1.000000, 2.000000)</c>.</summary>
    public override string ToString() => $"{Holder}'s lease {Epoch} of {Name} [{From}, {Until})";
}
