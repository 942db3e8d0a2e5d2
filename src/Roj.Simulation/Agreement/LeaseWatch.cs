using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Agreement;

/// <summary>That of each name there is never more than one holder, in true time (A3).</summary>
/// <remarks>A holder is one whose part in agreement would say so if its program asked now: also while the program stands still and can't
/// ask.</remarks>
internal sealed class LeaseWatch(World world)
{
    private readonly LeaseLedger ledger = new();
    private readonly SortedDictionary<(int Machine, RegisterName Name), (ulong Epoch, string Holder, string Cluster)> open = [];
    private readonly SortedDictionary<RegisterName, string> last = [];

    public string? Breach() => ledger.Breach();

    public void Held(AgreementMember member, RegisterName name, ulong epoch, IReadOnlyList<Machine> machines, Sights sights)
    {
        var holder = $"{member.Name} in its life {member.Life} as {member.Identity.ToString()[..8]}";
        CloseLapsed(machines);
        Close(member, name);
        if (last.TryGetValue(name, out var before) && before != holder)
            sights.Saw("a lease has another holder");
        last[name] = holder;
        open[(member.Id, name)] = (epoch, holder, ClusterOf(member));
        ledger.Believe(ClusterOf(member) + name.ToText(), epoch, holder, world.Now, new Instant(long.MaxValue));
        sights.Saw("a lease is held");
    }

    public void Lapsed(AgreementMember member, RegisterName name, ulong epoch)
    {
        if (open.TryGetValue((member.Id, name), out var one) && one.Epoch == epoch)
            Close(member, name);
    }

    public void Stopped(AgreementMember member)
    {
        foreach (var (_, name) in open.Keys.Where(one => one.Machine == member.Id).ToArray())
            Close(member, name);
    }

    /// <summary>After an input of a machine: if it holds something, nobody else does.</summary>
    public void Look(AgreementMember member, IReadOnlyList<Machine> machines)
    {
        foreach (var ((_, name), (epoch, _, _)) in open.Where(one => one.Key.Machine == member.Id))
        {
            if (member.Registers?.EpochOf(member.Now, name) is null)
                continue;
            foreach (var other in machines.OfType<AgreementMember>())
            {
                if (other != member && ClusterOf(other) == ClusterOf(member) && other.Registers?.EpochOf(other.Now, name) is { } its)
                    throw new BrokenInvariantException($"A3: {member.Name} holds {name} under {epoch}, and {other.Name} under {its}");
            }
        }
    }

    // Two clusters have two of each.
    private static string ClusterOf(AgreementMember member) => AgreementTown.ClusterOf(member) + " ";

    private void CloseLapsed(IReadOnlyList<Machine> machines)
    {
        foreach (var (machine, name) in open.Keys.ToArray())
        {
            var member = (AgreementMember)machines[machine];
            if (member.Registers?.EpochOf(member.Now, name) is null)
                Close(member, name);
        }
    }

    private void Close(AgreementMember member, RegisterName name)
    {
        if (open.Remove((member.Id, name), out var one))
            ledger.End(one.Cluster + name.ToText(), one.Epoch, one.Holder, world.Now);
    }
}
