using Roj.Kernel;
using Roj.Simulation.Agreement;

namespace Roj.Simulation.Elections;

/// <summary>One node of a run: what outlives its lives, and the life that it has now.</summary>
internal sealed class ElectionNode
{
    private static readonly TimeSpan RestartAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ElectionTown town;
    private readonly TermStore terms;

    public ElectionNode(ElectionTown town, int index)
    {
        (this.town, Index) = (town, index);
        if (town.Setup.IsQuorum)
        {
            Agreement = new QuorumMember(town, this, index);
            town.Roster.Add(Agreement);
            (Machine, Identity) = (Agreement, Agreement.Identity);
        }
        else
        {
            Machine = new AvailableMember(town, this, index);
            Identity = NodeId.Random(Machine.Rng);
        }

        terms = new TermStore(Machine.Disk);
    }

    public int Index { get; }

    public NodeId Identity { get; }

    public Machine Machine { get; }

    public string Name => Machine.Name;

    /// <summary>Its part in agreement; null in available mode.</summary>
    public AgreementMember? Agreement { get; }

    /// <summary>Its part in elections; null while it does not run.</summary>
    public ElectionPart? Part { get; private set; }

    /// <summary>Whether its clock shows that it has the leader's lease.</summary>
    public ulong? Epoch => Agreement?.Registers?.EpochOf(Machine.Now, ElectionPart.Leader);

    public void Begin()
    {
        if (terms.Read() is not { } kept)
        {
            // As the daemon: it might take an old leader's word.
            var boot = Machine.Boots;
            town.World.Schedule(town.World.Now + RestartAfterFailure, () =>
            {
                if (Machine.Boots != boot)
                    return;
                Machine.Crash();
                Machine.Boot();
            });
            return;
        }

        town.Watch.Started(this, kept);
        town.Ring.Started(this);
        Part = new ElectionPart(town, this, kept);
        Part.Start();
    }

    public void Keep(Term term) => town.Watch.Kept(this, term, terms.Keep(term));

    /// <summary>Its program is over, in whatever way.</summary>
    public void End()
    {
        Part?.End();
        Part = null;
    }

    /// <summary>How it stands, for a report.</summary>
    public override string ToString() =>
        $"{Name} {Identity.ToString()[..8]}: {Machine.State}, "
            + (Part is { Election: var its } ? $"{its.Standing}, colours {its.Colouring}, sees {Part.Here.Count}" : "no part")
            + (Agreement?.Registers is { } registers ? $", {registers.Roster}" : "");
}
