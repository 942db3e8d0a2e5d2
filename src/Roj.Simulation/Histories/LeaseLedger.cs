using Roj.Kernel;

namespace Roj.Simulation.Histories;

/// <summary>What holders believed of their leases; says whether they were ever alone with them.</summary>
/// <remarks>
/// A lease is one name and epoch with its renewals. Three things break it: two of one name at one time (A3), an epoch that two held, and an
/// epoch that came after a greater one, which would go past a fence.
/// </remarks>
public sealed class LeaseLedger
{
    private readonly List<Lease> leases = [];

    /// <summary>What was entered, in that order.</summary>
    public IReadOnlyList<Lease> Leases => leases;

    /// <summary>A holder got or renewed a lease and would act on it until then.</summary>
    /// <exception cref="ArgumentException">It ends before it begins.</exception>
    public void Believe(string name, ulong epoch, string holder, Instant from, Instant until)
    {
        if (until < from)
            throw new ArgumentException($"a lease of {name} ends at {until}, before {from}");
        leases.Add(new Lease(name, epoch, holder, from, until));
    }

    /// <summary>A holder believes no longer: it let go, stopped or crashed. What it believed ends now, if it has not ended yet.</summary>
    public void End(string name, ulong epoch, string holder, Instant now)
    {
        for (var i = 0; i < leases.Count; i++)
        {
            var lease = leases[i];
            if (lease.Name == name && lease.Epoch == epoch && lease.Holder == holder && now < lease.Until)
                leases[i] = lease with { Until = now < lease.From ? lease.From : now };
        }
    }

    /// <summary>What broke first; null if each was alone with its lease.</summary>
    public string? Breach()
    {
        var lastOf = new SortedDictionary<string, Lease>(StringComparer.Ordinal); // of each name the one that ends last
        var holders = new SortedDictionary<(string Name, ulong Epoch), Lease>(Comparer<(string Name, ulong Epoch)>.Create(Compare));
        foreach (var lease in leases.OrderBy(lease => lease.From).ThenBy(lease => lease.Epoch))
        {
            if (!holders.TryAdd((lease.Name, lease.Epoch), lease) && holders[(lease.Name, lease.Epoch)] is var first
                && first.Holder != lease.Holder)
            {
                return $"one epoch for two: {first} and {lease}";
            }

            if (lease.Until == lease.From)
                continue; // over before it could be acted on
            if (lastOf.TryGetValue(lease.Name, out var last) && last.Epoch != lease.Epoch)
            {
                if (lease.From < last.Until)
                    return $"two at one time: {last} and {lease}";
                if (lease.Epoch < last.Epoch)
                    return $"an epoch went back: {last}, then {lease}";
            }

            if (last is null || lease.Until >= last.Until)
                lastOf[lease.Name] = lease;
        }

        return null;
    }

    private static int Compare((string Name, ulong Epoch) left, (string Name, ulong Epoch) right)
    {
        var order = string.CompareOrdinal(left.Name, right.Name);
        return order != 0 ? order : left.Epoch.CompareTo(right.Epoch);
    }
}
