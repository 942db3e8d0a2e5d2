using Roj.Kernel;
using Roj.Simulation.Agreement;

namespace Roj.Simulation.Tokens;

/// <summary>One node of a run: what outlives its lives, and the life that it has now.</summary>
internal sealed class TokenNode
{
    private static readonly TimeSpan restartAfterFailure = TimeSpan.FromSeconds(1);

    private readonly TokenTown town;

    public TokenNode(TokenTown town, int index)
    {
        (this.town, Index) = (town, index);
        if (town.Setup.IsQuorum)
        {
            Agreement = new LeasedMember(town, this, index);
            town.Roster.Add(Agreement);
            (Machine, Identity) = (Agreement, Agreement.Identity);
        }
        else
        {
            Machine = new FreeMember(town, this, index);
            Identity = NodeId.Random(Machine.Rng);
        }

        Store = new TokenStore(Machine);
    }

    public int Index { get; }

    public NodeId Identity { get; }

    public Machine Machine { get; }

    public string Name => Machine.Name;

    /// <summary>Its part in agreement; null in available mode.</summary>
    public AgreementMember? Agreement { get; }

    /// <summary>Its part in passing the token; null while it does not run.</summary>
    public TokenPart? Part { get; private set; }

    public TokenStore Store { get; }

    /// <summary>Whether its clock shows that it has the token's lease.</summary>
    public ulong? Epoch => Agreement?.Registers?.EpochOf(Machine.Now, TokenPart.Register);

    public void Begin()
    {
        if (Store.Read(out var kept) is false)
        {
            Fail();
            return;
        }

        town.Watch.Started(this);
        Part = new TokenPart(town, this, kept);
        Part.Start();
    }

    /// <summary>Its disk does not do what it must: as the daemon, it ends, and is started again.</summary>
    public void Fail()
    {
        town.Watch.Sights.Saw("a node ends for its disk");
        Part?.End();
        Part = null;
        var boot = Machine.Boots;
        town.World.Schedule(town.World.Now + restartAfterFailure, () =>
        {
            if (Machine.Boots != boot)
                return;
            Machine.Crash();
            Machine.Boot();
        });
    }

    /// <summary>Its program is over, in whatever way.</summary>
    public void End()
    {
        Part?.End();
        Part = null;
    }

    /// <summary>How it stands, for a report.</summary>
    public override string ToString() =>
        $"{Name} {Identity.ToString()[..8]}: {Machine.State}, "
            + (Part is { Passing: var its } part ? $"{its.State} {its.Own}, best {its.Memory.Best}, sees {part.Here.Count}" : "no part")
            + (Agreement?.Registers is { } registers ? $", {registers.Roster}" : "");
}
