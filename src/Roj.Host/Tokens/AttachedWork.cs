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
    private TokenGuest? worker;
    private bool isRecalled;

    /// <inheritdoc/>
    public string Kind => "attached";

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

    /// <summary>Tells whoever has the turn to end what he began: the node goes. Nobody is given another.</summary>
    /// <returns>Ends when he says that he has, or when his time is surely over.</returns>
    public Task RecallAsync()
    {
        TokenGuest? guest;
        lock (gate)
            (isRecalled, guest) = (true, worker);
        guest?.Recall();
        return guest?.PassedAsync() ?? Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost)
    {
        if (Give(turn) is not { } passed)
            return new TokenResult(turn.Progress, turn.Data, IdleRest);
        await passed.WaitAsync(lost).ConfigureAwait(false);
        return null; // what it did it has said itself
    }

    // Under the lock: none is given whose worker would not be recalled.
    private Task? Give(TokenTurn turn)
    {
        lock (gate)
        {
            while (!isRecalled && waiting.First is { Value: var guest })
            {
                waiting.RemoveFirst();
                if (guest.Give(turn) is not { } passed)
                    continue;
                worker = guest;
                waiting.AddLast(guest); // behind those who have not had theirs
                return passed;
            }

            return null;
        }
    }
}
