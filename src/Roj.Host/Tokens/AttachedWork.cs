namespace Roj.Host.Tokens;

/// <summary>Work that somebody beside the node does, as long as he is there: one turn to each who waits, first come first served.</summary>
/// <remarks>From any thread.</remarks>
internal sealed class AttachedWork : ITokenWork
{
    /// <summary>Guests at a time.</summary>
    public const int GuestsMax = 64;

    private static readonly TimeSpan IdleRest = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly LinkedList<TokenGuest> waiting = [];

    /// <inheritdoc/>
    public string Kind => "attached";

    /// <summary>Ends when whoever had the last turn is done with it; null before the first.</summary>
    public Task? Working { get; private set; }

    /// <summary>Takes a guest in.</summary>
    /// <returns>It; null if there are too many.</returns>
    public TokenGuest? Enter()
    {
        lock (gate)
        {
            for (var one = waiting.First; one is not null;)
            {
                var after = one.Next;
                if (one.Value.HasLeft)
                    waiting.Remove(one);
                one = after;
            }

            return waiting.Count >= GuestsMax ? null : waiting.AddLast(new TokenGuest()).Value;
        }
    }

    /// <inheritdoc/>
    public async Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost)
    {
        while (Next() is { } guest)
        {
            if (guest.Give(turn) is not { } passed)
                continue;
            lock (gate)
                waiting.AddLast(guest); // behind those who have not had theirs
            Working = passed;
            await passed.WaitAsync(lost).ConfigureAwait(false);
            return null; // what it did it has said itself
        }

        return new TokenResult(turn.Progress, turn.Data, IdleRest);
    }

    private TokenGuest? Next()
    {
        lock (gate)
        {
            if (waiting.First is not { } first)
                return null;
            waiting.RemoveFirst();
            return first.Value;
        }
    }
}
