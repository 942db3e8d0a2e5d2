using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Histories;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>What the machines of a run have in common: their parts in the store, and what clients have seen.</summary>
internal sealed class QuorumTown
{
    private readonly AgreementTown agreement;
    private readonly List<QuorumPart> parts = [];

    public QuorumTown(World world, AgreementSetup setup)
    {
        agreement = new AgreementTown(world, setup);
        var rng = world.RngFor("quorum/town");
        for (var i = 0; i < setup.Machines; i++)
        {
            agreement.Add(i);
            parts.Add(new QuorumPart(agreement.Members[i], rng.Next(-500, 501), rng.Fork()));
        }

        agreement.Answered += (member, outcome) => parts[member.Id].Hear(new AgreementEvent.Ended(outcome));
        agreement.Heard += (member, what) => parts[member.Id].Hear(what);
    }

    public AgreementTown Agreement => agreement;

    public World World => agreement.World;

    public AgreementSetup Setup => agreement.Setup;

    public HistoryRecorder History { get; } = new();

    public IReadOnlyList<QuorumPart> Parts => parts;

    /// <summary>A machine that can be asked; null if there is none.</summary>
    public QuorumPart? PickAble(Rng rng) => parts.Where(part => part.IsAble).ToArray() is { Length: > 0 } able ? rng.Pick(able) : null;

    /// <summary>Something happened that should happen sometimes.</summary>
    public void Saw(string what) => agreement.Watch.Saw(what);
}
