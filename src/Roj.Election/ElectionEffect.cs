using Roj.Kernel;

namespace Roj.Election;

/// <summary>What election asks of its host.</summary>
public abstract record ElectionEffect
{
    private ElectionEffect()
    {
    }

    /// <summary>Keeps the greatest term that is known, durably: what stands behind it waits for that.</summary>
    /// <param name="Term">The term.</param>
    public sealed record Keep(Term Term) : ElectionEffect;

    /// <summary>Claims the lease of the leader.</summary>
    public sealed record Claim : ElectionEffect;

    /// <summary>Gives the lease of the leader back.</summary>
    public sealed record Release : ElectionEffect;

    /// <summary>Writes the colours into their register, under the leader's fence.</summary>
    /// <param name="Colouring">They.</param>
    public sealed record Write(Colouring Colouring) : ElectionEffect;
}
