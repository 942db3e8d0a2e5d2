using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>A change, or a reading, of one register, from when it was asked for until it has ended.</summary>
internal sealed class Request(ushort slot, RegisterName name, ChangeId id, RegisterChange? change, ulong? triedSince, Instant deadline)
{
    private bool isTriedFirst; // by this attempt

    public ushort Slot => slot;

    public RegisterName Name => name;

    public ChangeId Id => id;

    /// <summary>What it makes of the content; null for a reading.</summary>
    public RegisterChange? Change => change;

    /// <summary>When it is given up.</summary>
    public Instant Deadline => deadline;

    /// <summary>Who wants to be told how it ended.</summary>
    public required Asker Asker { get; init; }

    /// <summary>Where it is on the proposer's agenda.</summary>
    public (Instant Due, ulong Number) Appointment { get; set; }

    public Phase Phase { get; private set; } = Phase.Waiting;

    /// <summary>The replica set that this phase counts in.</summary>
    public ReplicaSet? Set { get; private set; }

    /// <summary>The attempt that it is in.</summary>
    public Ballot Ballot { get; private set; }

    /// <summary>The attempt whose promise is asked for beside; <see cref="Ballot.None"/> but while something is accepted.</summary>
    public Ballot Following { get; set; }

    /// <summary>What is being accepted.</summary>
    public Content? Proposed { get; private set; }

    /// <summary>Whether a majority had something of it, and nothing above what that is made of: so nobody was told of nothing at its
    /// version or above.</summary>
    public bool IsKnown { get; set; }

    /// <summary>What it comes to if <see cref="Proposed"/> is taken.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>Whether enough have taken that.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Since which version somebody may have applied this change, here or elsewhere; null if surely nobody has.</summary>
    public ulong? TriedSince { get; private set; } = triedSince;

    /// <summary>Whether somebody may still be trying it elsewhere.</summary>
    public bool WasTriedElsewhere { get; } = triedSince is not null;

    /// <summary>At which version, at the earliest, it was asked for: who hears of it when all that came since is not remembered any more
    /// can't know that nobody else has made it meanwhile. Null if nobody else would.</summary>
    public ulong? AskedAt { get; init; }

    /// <summary>Whether it is a reading that writes back what it finds, though a majority has that: for who has not.</summary>
    public bool IsWritingBack { get; init; }

    /// <summary>When this change was first proposed here.</summary>
    public Instant? ProposedAt { get; private set; }

    /// <summary>Who answered in this phase, and what each took last.</summary>
    public Answers Answers { get; } = new();

    /// <summary>Who promised the next attempt.</summary>
    public NodeSet Next { get; } = new();

    /// <summary>Who keeps the attempt away: for the sake of a lease, or where something that was taken is taken once more, having promised
    /// another.</summary>
    public NodeSet Refusing { get; } = new();

    /// <summary>Who kept it away for the sake of a lease that others know to be given back, and was told so.</summary>
    public NodeSet Corrected { get; } = new();

    /// <summary>Whether only as many were asked as are enough.</summary>
    public bool IsSparing { get; set; }

    /// <summary>The greatest attempt that it was refused for.</summary>
    public Ballot Refused { get; set; }

    /// <summary>A version that it must be above, since somebody who refused it knew of nothing there.</summary>
    public ulong Floor { get; private set; }

    public int Attempts { get; private set; }

    /// <summary>How many of those were kept away by a lease.</summary>
    public int Waits { get; set; }

    public void Enter(Phase phase, Ballot ballot, ReplicaSet? set)
    {
        (Phase, Ballot, Set) = (phase, ballot, set);
        Answers.Clear();
        Next.Clear();
        Refusing.Clear();
        Corrected.Clear();
        if (phase is Phase.Preparing)
            Attempts++;
    }

    /// <summary>What is asked of an acceptor in this phase.</summary>
    public AgreementMessage Message => Phase switch
    {
        Phase.Asking => new AgreementMessage.Ask(slot, Set!.Version, name, Ballot),
        Phase.Preparing => new AgreementMessage.Prepare(slot, Set!.Version, name, Ballot),
        _ => new AgreementMessage.Accept(slot, Set!.Version, name, Ballot, Proposed!, Following, IsKnown),
    };

    /// <summary>What some had taken already is to be accepted by enough.</summary>
    public void Propose(Content content, Outcome outcome) => (Proposed, Outcome) = (content, outcome);

    /// <summary>Somebody refuses what is not above a version, where he may have told that there is nothing.</summary>
    /// <remarks>The floor may be higher when it is asked again: with each attempt it is left more room. Where all refuse it for that,
    /// nobody has taken it, nor will.</remarks>
    /// <returns>Whether all do.</returns>
    public bool MustBeAbove(ulong floor, NodeId says)
    {
        Floor = Math.Max(Floor, floor + (ulong)Attempts);
        if (Phase is Phase.Accepting)
            Refusing.Add(says);
        if (Phase is not Phase.Accepting || Refusing.Count < Set!.All.Count)
            return false;
        if (isTriedFirst)
            TriedSince = null;
        return true;
    }

    /// <summary>What a quorum promised on; whether all of them have it; and whether that is something at a higher version than they have it
    /// at, since it may have been seen that there is nothing.</summary>
    /// <remarks>Who once told of nothing has taken only what is above since. So it was not, where a majority of the members has something,
    /// and nothing above; whoever is to come counts for nothing here, for nobody was told of anything without them.</remarks>
    public (Content Content, bool IsUnanimous, bool IsRaised) Promised(ReplicaSet set)
    {
        var (greatest, content) = Answers.Greatest();
        var having = Answers.Having(greatest, content.Version);
        IsKnown = greatest > Ballot.None && set.IsMajority(Answers.Knowing(content));
        var above = IsKnown ? content : content.Above(Math.Max(Answers.Floor, Floor));
        return (above, above == content && set.IsQuorum(having), above != content && !content.IsTombstone);
    }

    /// <summary>What becomes of it on what some have taken (rule 3, and 6: somebody else may have completed it).</summary>
    public void Decide(Instant now, Content content)
    {
        isTriedFirst = false;
        if (change is null)
            Propose(content, new Outcome(id, Applied.Yes, Refusal.None, content.Version, content));
        else if (content.MadeBy(id) is { } made)
            Propose(content, new Outcome(id, Applied.Yes, Refusal.None, made, made == content.Version ? content : null));
        else if (TriedSince is { } since && content.HasForgotten(since))
            Propose(content, new Outcome(id, Applied.Unknown, Refusal.None, 0, null));
        else if (TriedSince is null && AskedAt is { } at && content.HasForgotten(at))
            Propose(content, new Outcome(id, Applied.No, Refusal.Stale, content.Version, null));
        else if (change.Apply(content, id) is var (changed, refusal) && refusal is Refusal.None)
            ProposeOwn(now, changed, content);
        else
            Propose(content, Refuse(content, refusal));
    }

    /// <summary>What is known of it if it is not carried on.</summary>
    public Applied AppliedIfGivenUp => change is null || TriedSince is null ? Applied.No : Applied.Unknown;

    // Where another was asked before, who has not answered, he may do yet what can't be done now.
    private Outcome Refuse(Content content, Refusal refusal)
    {
        var isForEver = refusal is Refusal.Fenced or Refusal.LeaseMoved
            || (change!.Condition.Kind is ConditionKind.Version && content.Version > change.Condition.Version);
        var applied = WasTriedElsewhere && !isForEver ? Applied.Unknown : Applied.No;
        return new Outcome(id, applied, refusal, content.Version, content);
    }

    /// <summary>What this change has made is to be accepted.</summary>
    private void ProposeOwn(Instant now, Content content, Content on)
    {
        var shown = change is RegisterChange.Timed { Step.ShowsAfter: false } ? null : content;
        Propose(content, new Outcome(id, Applied.Yes, Refusal.None, content.Version, shown) { Before = change!.Before(on) });
        ProposedAt ??= now;
        isTriedFirst = TriedSince is null;
        TriedSince ??= on.Version;
    }
}
