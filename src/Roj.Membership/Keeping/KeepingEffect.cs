using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>What keeping asks of its host.</summary>
public abstract record KeepingEffect
{
    private KeepingEffect()
    {
    }

    /// <summary>Exchange beliefs with a node, by a stream: send it <see cref="Keeper.Opening"/>, and to what it says what <see
    /// cref="Keeper.Reply"/> gives, until that is nothing; then, or when the stream breaks, call <see
    /// cref="Keeper.Exchanged"/>.</summary>
    /// <param name="With">Where it listens.</param>
    public sealed record Exchange(Endpoint With) : KeepingEffect;

    /// <summary>Another process with our id is there: call it, send <see cref="Neighbourhood.Claim"/>, and to what it says what <see
    /// cref="Neighbourhood.Reply"/> gives, until that is nothing; then, or when the stream breaks, call <see
    /// cref="Neighbourhood.Confronted"/>.</summary>
    /// <param name="With">Where it listens.</param>
    public sealed record Confront(Endpoint With) : KeepingEffect;
}
