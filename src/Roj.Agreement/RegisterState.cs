namespace Roj.Agreement;

/// <summary>All that an acceptor keeps of one register.</summary>
/// <param name="Promised">No attempt below this one is taken any more.</param>
/// <param name="Accepted">The attempt that was taken last.</param>
/// <param name="Content">What that brought.</param>
public sealed record RegisterState(Ballot Promised, Ballot Accepted, Content Content)
{
    /// <summary>Of a register that the acceptor never heard of, or has forgotten.</summary>
    public static RegisterState Unknown { get; } = new(Ballot.None, Ballot.None, Content.Empty);
}
