using Roj.Agreement;
using Roj.Kernel;

namespace Roj.Host.Agreement;

/// <summary>What a wing does with a lease of this node's.</summary>
internal static class LeaseCalls
{
    /// <summary>Claims a lease for this node.</summary>
    /// <param name="service">The node's part in agreement.</param>
    /// <param name="name">Which.</param>
    /// <param name="duration">For how long, each time.</param>
    /// <param name="patience">How long another's is waited for.</param>
    /// <returns>How that ended.</returns>
    public static Task<Outcome> ClaimAsync(this AgreementService service, RegisterName name, TimeSpan duration, TimeSpan patience) =>
        service.TryAsk((registers, outbox) => registers.Claim(BootClock.Now, name, duration, outbox, patience))
            ?? Task.FromResult(new Outcome(default, Applied.No, Refusal.Busy, 0, null));

    /// <summary>Gives a lease back.</summary>
    /// <returns>Ends when the others know it, or when that came to nothing: then the lease ends by itself.</returns>
    public static Task ReleaseAsync(this AgreementService service, RegisterName name) =>
        service.TryAsk((registers, outbox) => registers.Release(BootClock.Now, name, outbox)) ?? Task.CompletedTask;

    /// <summary>Has a lease be another's, if it is this node's.</summary>
    /// <returns>How that ended; however it did, the lease is not held any more.</returns>
    public static Task<Outcome> HandAsync(
        this AgreementService service, RegisterName name, NodeId to, uint boot, ReadOnlyMemory<byte> data) =>
        service.TryAsk((registers, outbox) => registers.Hand(BootClock.Now, name, to, boot, data, outbox))
            ?? Task.FromResult(new Outcome(default, Applied.No, Refusal.LeaseMoved, 0, null));
}
