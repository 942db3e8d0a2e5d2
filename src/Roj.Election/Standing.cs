using Roj.Kernel;

namespace Roj.Election;

/// <summary>How a node stands to who leads.</summary>
public abstract record Standing
{
    private Standing()
    {
    }

    /// <summary>Nobody leads, as far as this node knows (<c>init</c> in seed 002).</summary>
    public sealed record Without : Standing;

    /// <summary>It was nominated, and asks for the leader's lease.</summary>
    public sealed record Claiming : Standing;

    /// <summary>It leads.</summary>
    /// <param name="Term">The leadership.</param>
    public sealed record Leading(Term Term) : Standing;

    /// <summary>Another leads.</summary>
    /// <param name="Term">The leadership.</param>
    public sealed record Following(Term Term) : Standing;
}
