using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Answer = Roj.Agreement.Outcome;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.Simulation.Agreement;

/// <summary>A program that claims a lease, writes under it, late sometimes, and gives it back or does not.</summary>
internal sealed class LeaseWorker
{
    /// <summary>The register that all of them write to under their fences.</summary>
    public const string Fenced = "fenced";

    private readonly AgreementTown town;
    private readonly AgreementMember home;
    private readonly Rng rng;
    private readonly SortedDictionary<ChangeId, (int Number, string Cluster, Fence Fence)> writings = [];
    private readonly List<(string Cluster, ulong Version, Fence Fence)> written;
    private RegisterName? held;
    private ChangeId? claim;
    private int number;

    public LeaseWorker(AgreementTown town, int index, List<(string Cluster, ulong Version, Fence Fence)> written)
    {
        (this.town, this.written) = (town, written);
        rng = town.World.RngFor($"agreement/lease/{index}");
        home = town.Members[rng.Next(town.Setup.Machines)];
        town.Answered += Answered;
        town.Ended += Ended;
        town.Heard += Heard;
    }

    public bool IsToStop { get; set; }

    public void Begin() => Later(TimeSpan.FromSeconds(1), Step);

    private void Later(TimeSpan most, Action what) => town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, most), what);

    private void Step()
    {
        if (!IsToStop)
            Later(TimeSpan.FromMilliseconds(700), Step);
        if (!home.IsAble)
            return;
        if (held is { } name)
            Use(name);
        else if (claim is null && !IsToStop)
            Claim();
    }

    private void Claim()
    {
        var name = RegisterName.Of($"lease{rng.Next(town.Setup.Leases.Names)}");
        var duration = rng.Next(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(3));
        home.Do((registers, outbox) => { claim = registers.Claim(home.Now, name, duration, outbox); });
    }

    private void Use(RegisterName name)
    {
        if (IsToStop || rng.Chance(1, 6))
        {
            held = null;
            home.Do((registers, outbox) => registers.Release(home.Now, name, outbox));
        }
        else if (home.Registers!.NextFence(home.Now, name) is { } fence)
        {
            var life = home.Life;
            Later(rng.Chance(1, 2) ? TimeSpan.Zero : TimeSpan.FromSeconds(4), () => Write(fence, life));
        }
    }

    // It may have been a long time since it looked: that is what a fence is for.
    private void Write(Fence fence, uint life)
    {
        if (!home.IsAble || home.Life != life)
            return;
        var text = string.Create(CultureInfo.InvariantCulture, $"{home.Name}.{fence.Epoch}.{++number} ");
        var change = new RegisterChange.Set(Encoding.ASCII.GetBytes(text)) { Fence = fence };
        var operation = town.History.Invoke($"{AgreementTown.ClusterOf(home)}/{Fenced}", home.Name, new OperationKind.Write(text));
        home.Do((registers, outbox) =>
        {
            var id = registers.Ask(home.Now, 0, RegisterName.Of(Fenced), change, outbox);
            writings[id] = (operation, AgreementTown.ClusterOf(home), fence);
        });
    }

    private void Answered(AgreementMember member, Answer outcome)
    {
        if (member != home)
            return;
        if (claim == outcome.Id)
            claim = null;
        if (!writings.Remove(outcome.Id, out var writing))
            return;
        if (outcome.Refusal is Refusal.Fenced)
            town.Watch.Saw("a fence keeps a late one away");
        if (outcome.Applied is Applied.Yes)
            written.Add((writing.Cluster, outcome.Version, writing.Fence));
        if (outcome.Applied is not Applied.Unknown)
        {
            var known = outcome.Applied is Applied.Yes ? Known.Yes : Known.No;
            town.History.Return(writing.Number, known, RegisterClient.SeenIn(outcome.Content));
        }
    }

    private void Ended(AgreementMember member)
    {
        if (member != home)
            return;
        (held, claim) = (null, null);
        writings.Clear();
    }

    private void Heard(AgreementMember member, AgreementEvent what)
    {
        if (member != home)
            return;
        if (what is AgreementEvent.Held(var name, _))
            held = name;
        else if (what is AgreementEvent.Lapsed(var over, _) && held == over)
            held = null;
    }
}
