namespace Roj.Agreement.Wire;

/// <summary>What proposers and acceptors of a register say to each other (CASPaxos, section 2.2).</summary>
/// <param name="Name">Which register.</param>
/// <param name="Ballot">Which attempt.</param>
public abstract record AgreementMessage(RegisterName Name, Ballot Ballot)
{
    /// <summary>Will you take this attempt, and none below it? What did you take last?</summary>
    public sealed record Prepare(RegisterName Name, Ballot Ballot) : AgreementMessage(Name, Ballot);

    /// <summary>I will.</summary>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Taken">The attempt that I took last.</param>
    /// <param name="Content">What that brought.</param>
    public sealed record Promise(RegisterName Name, Ballot Ballot, Ballot Taken, Content Content) : AgreementMessage(Name, Ballot);

    /// <summary>Take this. And promise the next attempt of mine, if there is one.</summary>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Content">What.</param>
    /// <param name="Next">The next attempt; <see cref="Ballot.None"/> for none.</param>
    public sealed record Accept(RegisterName Name, Ballot Ballot, Content Content, Ballot Next) : AgreementMessage(Name, Ballot);

    /// <summary>I have taken it, and promised the next one, if I was asked to.</summary>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Next">What I have promised of what I was asked to; <see cref="Ballot.None"/> for nothing.</param>
    public sealed record Accepted(RegisterName Name, Ballot Ballot, Ballot Next) : AgreementMessage(Name, Ballot);

    /// <summary>I will not: I have promised another.</summary>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Promised">Which.</param>
    public sealed record Refused(RegisterName Name, Ballot Ballot, Ballot Promised) : AgreementMessage(Name, Ballot);

    /// <summary>What did you take last? Nothing is promised.</summary>
    public sealed record Ask(RegisterName Name, Ballot Ballot) : AgreementMessage(Name, Ballot);

    /// <summary>This.</summary>
    /// <param name="Name">Which register.</param>
    /// <param name="Ballot">Which attempt.</param>
    /// <param name="Taken">The attempt.</param>
    /// <param name="Content">What that brought.</param>
    public sealed record Told(RegisterName Name, Ballot Ballot, Ballot Taken, Content Content) : AgreementMessage(Name, Ballot);
}
