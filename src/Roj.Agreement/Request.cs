using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>A change, or a reading, of one register, from when it was asked for until it has ended.</summary>
internal sealed class Request(RegisterName name, ChangeId id, Func<Content, Decision>? change, Instant deadline)
{
    public RegisterName Name => name;

    public ChangeId Id => id;

    /// <summary>What it makes of the content; null for a reading.</summary>
    public Func<Content, Decision>? Change => change;

    /// <summary>When it is given up.</summary>
    public Instant Deadline => deadline;

    public Phase Phase { get; private set; } = Phase.Waiting;

    /// <summary>The attempt that it is in.</summary>
    public Ballot Ballot { get; private set; }

    /// <summary>The attempt whose promise is asked for beside; <see cref="Ballot.None"/> but while something is accepted.</summary>
    public Ballot Following { get; set; }

    /// <summary>What is being accepted.</summary>
    public Content? Proposed { get; private set; }

    /// <summary>Whether <see cref="Proposed"/> was made by this change, and on which version; null if it has not come to that.</summary>
    public ulong? ProposedAt { get; private set; }

    /// <summary>What it comes to if <see cref="Proposed"/> is taken.</summary>
    public Applied Outcome { get; private set; }

    /// <summary>Whether anybody was ever asked to take what this change made.</summary>
    public bool MayHaveBeenApplied { get; private set; }

    /// <summary>Who answered in this phase, and what each took last.</summary>
    public SortedDictionary<NodeId, (Ballot Accepted, Content Content)> Answers { get; } = [];

    /// <summary>Who promised the next attempt.</summary>
    public SortedSet<NodeId> Next { get; } = [];

    /// <summary>The greatest attempt that it was refused for.</summary>
    public Ballot Refused { get; set; }

    public int Attempts { get; private set; }

    /// <summary>When something is to be done though nothing came.</summary>
    public Instant Due { get; set; }

    public void Enter(Phase phase, Ballot ballot)
    {
        (Phase, Ballot) = (phase, ballot);
        Answers.Clear();
        Next.Clear();
        if (phase is Phase.Preparing)
            Attempts++;
    }

    /// <summary>This is to be accepted.</summary>
    /// <param name="content">What.</param>
    /// <param name="outcome">What the request comes to then.</param>
    /// <param name="on">The version that its change was applied to; null if the content is not its own.</param>
    public void Propose(Content content, Applied outcome, ulong? on)
    {
        (Proposed, Outcome) = (content, outcome);
        if (on is not { } version)
            return;
        ProposedAt ??= version;
        MayHaveBeenApplied = true;
    }
}
