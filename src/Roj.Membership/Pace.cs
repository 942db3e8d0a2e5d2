using Roj.Kernel;

namespace Roj.Membership;

/// <summary>A token bucket of <c>burst</c> tokens, refilled in <c>refill</c>, kept as one instant.</summary>
/// <remarks>The virtual scheduling form of the generic cell rate algorithm, ITU-T I.371.</remarks>
internal sealed class Pace(int burst, TimeSpan refill)
{
    private readonly TimeSpan gap = TimeSpan.FromTicks(refill.Ticks / burst);
    private Instant fullAt;

    /// <summary>When the next token can be had; in the past if one is there.</summary>
    internal Instant FreeAt => fullAt + gap - refill;

    /// <summary>Whether the bucket is full, so that forgetting it changes nothing.</summary>
    internal bool IsFull(Instant now) => fullAt <= now;

    /// <summary>Whether a token is there.</summary>
    internal bool CanTake(Instant now) => FreeAt <= now;

    /// <summary>Takes a token if one is there.</summary>
    internal bool TryTake(Instant now)
    {
        if (!CanTake(now))
            return false;
        fullAt = (IsFull(now) ? now : fullAt) + gap;
        return true;
    }
}
