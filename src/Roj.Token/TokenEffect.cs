using Roj.Kernel;

namespace Roj.Token;

/// <summary>What passing a token asks of its host.</summary>
public abstract record TokenEffect
{
    private TokenEffect()
    {
    }

    /// <summary>Keeps <see cref="TokenPassing.Memory"/> as it is now, durably: what stands behind it waits for that.</summary>
    public sealed record Keep : TokenEffect;

    /// <summary>Keeps it soon, at most once a second; nothing waits for that.</summary>
    public sealed record KeepSoon : TokenEffect;

    /// <summary>Claims the lease: <see cref="LeasedPassing.Granted"/> or <see cref="LeasedPassing.Denied"/> tells how that ended.</summary>
    /// <param name="Patience">How long that may take. Whoever has claimed takes no token that is offered, so it is short.</param>
    public sealed record Claim(TimeSpan Patience) : TokenEffect;

    /// <summary>Has the lease be another's, in one change of its register: <see cref="LeasedPassing.Handed"/> tells how that
    /// ended.</summary>
    /// <param name="To">Whose.</param>
    /// <param name="Boot">In which of its lives.</param>
    /// <param name="Stamp">What the register holds afterwards.</param>
    public sealed record Hand(NodeId To, uint Boot, TokenStamp Stamp) : TokenEffect;

    /// <summary>Holds a lease that was handed over: <see cref="LeasedPassing.TakenOver"/> tells whether it is still one.</summary>
    /// <param name="Epoch">Its epoch.</param>
    /// <param name="Duration">For how long it is.</param>
    /// <param name="Since">When this node surely had not been handed it yet: it counts from then.</param>
    public sealed record TakeOver(ulong Epoch, TimeSpan Duration, Instant Since) : TokenEffect;

    /// <summary>Gives the lease back.</summary>
    public sealed record Release : TokenEffect;
}
