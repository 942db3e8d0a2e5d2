using Roj.Kernel;

namespace Roj.Files;

/// <summary>The addresses that are refused for a while, because they supplied wrong bytes.</summary>
/// <param name="max">How many at most: then the one that ends first goes. Whoever has more addresses than that to lie from is not stopped
/// by a list.</param>
internal sealed class Bans(int max)
{
    private readonly SortedDictionary<uint, Instant> ends = [];
    private readonly SortedSet<(Instant End, uint Address)> byEnd = [];

    /// <summary>Refuses an address until <paramref name="end"/>.</summary>
    public void Add(uint address, Instant end)
    {
        Remove(address);
        ends.Add(address, end);
        byEnd.Add((end, address));
        if (ends.Count > max)
            Remove(byEnd.Min.Address);
    }

    /// <summary>When the ban of an address ends, or ended; null if there is none.</summary>
    public Instant? EndOf(uint address) => ends.TryGetValue(address, out var end) ? end : null;

    /// <summary>Whether an address is refused.</summary>
    public bool Has(Instant now, uint address) => EndOf(address) > now;

    private void Remove(uint address)
    {
        if (ends.Remove(address, out var end))
            byEnd.Remove((end, address));
    }
}
