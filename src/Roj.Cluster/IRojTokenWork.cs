namespace Roj;

/// <summary>Work that one node of a cluster at a time does, a step each turn, and the next node goes on from there.</summary>
/// <remarks>The result so far goes round with the token and is kept on each node's disk, so the work outlives any node.</remarks>
public interface IRojTokenWork
{
    /// <summary>Does the next step, on a thread of the pool.</summary>
    /// <remarks>A turn lasts 10 s at most: then the token goes on, and what is returned later counts no more. What throws is logged, the
    /// result so far stays as it was, and the token goes on.</remarks>
    /// <param name="turn">From where to go on.</param>
    /// <param name="lost">Cancelled when the turn is over: where a majority agrees, before another may have one.</param>
    /// <returns>How far it is now; null for no further.</returns>
    Task<RojTurnResult?> WorkAsync(RojTurn turn, CancellationToken lost);
}
