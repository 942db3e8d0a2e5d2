using Roj.Kernel;

namespace Roj.Election.Pushes;

/// <summary>A file that is rolled out in stages: what it is, who is to have it when, and what has been decided of it.</summary>
/// <remarks>A value. The leader alone makes a later one, under its term; every node keeps the latest that it was told, and does by it what
/// is its part. So a new leader finds it with any of them, and goes on.</remarks>
public sealed record PushPlan
{
    /// <summary>Which push: drawn when it began.</summary>
    public required NodeId Id { get; init; }

    /// <summary>What the file is called.</summary>
    public required string Name { get; init; }

    /// <summary>The file's content id: 40 hexadecimal digits.</summary>
    public required string File { get; init; }

    /// <summary>Where it belongs, from the folder on that each node allows.</summary>
    public required string Into { get; init; }

    /// <summary>What is run at each node once the file is in its place; null for nothing.</summary>
    public string? Run { get; init; }

    /// <summary>Who is to have it, the first stage first.</summary>
    public required IReadOnlyList<PushStage> Stages { get; init; }

    /// <summary>How many of a hundred nodes of a stage must succeed, 1 to 100.</summary>
    public required int PercentMin { get; init; }

    /// <summary>The leadership that decided last.</summary>
    public required Term Term { get; init; }

    /// <summary>Grows with each decision.</summary>
    public required ulong Version { get; init; }

    /// <summary>Which stage it has come to, from 0 on.</summary>
    public int Stage { get; init; }

    /// <summary>What has been decided.</summary>
    public PushVerdict Verdict { get; init; }

    /// <summary>Why it goes back; empty while it does not.</summary>
    public string Why { get; init; } = "";

    /// <summary>Whether nothing more is to be decided.</summary>
    public bool IsOver => Verdict is PushVerdict.Done or PushVerdict.Back;

    /// <summary>How many nodes of the stage must succeed: the stated share, rounded up, one at least.</summary>
    public int Needed => Math.Max(1, ((Stages[Stage].Nodes.Count * PercentMin) + 99) / 100);

    /// <summary>Whether it is later than another; what is not is not heeded.</summary>
    public bool IsAfter(PushPlan? other) =>
        other is null || (Term.CompareTo(other.Term), Version.CompareTo(other.Version)) is ( > 0, _) or (0, > 0);

    /// <summary>What a node is to do by it.</summary>
    public PushTask TaskOf(NodeId node)
    {
        if (!Stages.Take(Stage + 1).Any(stage => stage.Nodes.Contains(node)))
            return PushTask.None;
        return Verdict is PushVerdict.Going or PushVerdict.Done ? PushTask.Forward : PushTask.Back;
    }

    /// <summary>The same, taken over by another leadership.</summary>
    public PushPlan Under(Term term) => this with { Term = term, Version = Version + 1 };

    /// <summary>The same, called back.</summary>
    /// <param name="why">By whom, or for what reason; for people.</param>
    public PushPlan Undone(string why) => Later() with { Verdict = PushVerdict.GoingBack, Why = why };

    /// <summary>What is to be decided by what the nodes say: this one itself, if nothing is.</summary>
    /// <param name="stateOf">How far a node is.</param>
    public PushPlan Judged(Func<NodeId, PushState> stateOf)
    {
        ArgumentNullException.ThrowIfNull(stateOf);
        return Verdict switch
        {
            PushVerdict.Going => Forward([.. Stages[Stage].Nodes.Select(stateOf)]),
            PushVerdict.GoingBack when Stages.Take(Stage + 1).SelectMany(stage => stage.Nodes).All(node => IsAtRest(stateOf(node))) =>
                Later() with { Verdict = PushVerdict.Back },
            _ => this,
        };
    }

    private static bool IsAtRest(PushState state) => state is PushState.Failed or PushState.Back or PushState.Gone;

    private PushPlan Later() => this with { Version = Version + 1 };

    // It goes on as soon as enough have succeeded, and stops as soon as enough can't any more: nobody waits for the slowest.
    private PushPlan Forward(PushState[] states)
    {
        var lost = states.Count(IsAtRest);
        if (states.Count(state => state is PushState.Done) >= Needed)
            return Stage + 1 == Stages.Count ? Later() with { Verdict = PushVerdict.Done } : Later() with { Stage = Stage + 1 };
        if (lost <= states.Length - Needed)
            return this;
        var colour = Stages[Stage].Colour is Colour.Green ? "green" : "red";
        return Undone($"{lost} of {states.Length} {colour} nodes did not succeed, and {Needed} must");
    }
}
