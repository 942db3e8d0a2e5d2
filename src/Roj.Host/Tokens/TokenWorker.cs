using Roj.Token.Wire;

namespace Roj.Host.Tokens;

/// <summary>Has work done for one turn at a time, and never waits for it longer than a turn lasts.</summary>
/// <param name="work">The work.</param>
/// <param name="failed">Told when it failed, and why.</param>
internal sealed class TokenWorker(ITokenWork work, Action<string> failed)
{
    /// <summary>How long a turn of work lasts at most; of who holds the token over HTTP the lease is the measure.</summary>
    public static readonly TimeSpan HoldMax = TimeSpan.FromSeconds(10);

    private Task ended = Task.CompletedTask;

    /// <summary>Why it failed last; null if it did not.</summary>
    public string? Note { get; private set; }

    /// <summary>Works.</summary>
    /// <param name="given">From where to go on.</param>
    /// <param name="turn">Cancelled when the turn is over; here too, when it lasts too long.</param>
    /// <returns>What was done; null for nothing.</returns>
    public async Task<TokenResult?> WorkAsync(TokenTurn given, CancellationTokenSource turn)
    {
        var lost = turn.Token;
        var working = Task.Run(() => work.WorkAsync(given, lost), CancellationToken.None);
        ended = working.ContinueWith(_ => { }, TaskScheduler.Default);
        try
        {
            if (work is not AttachedWork && await Task.WhenAny(working, Task.Delay(HoldMax, lost)) != working)
                return LeaveBehind(turn);
            var result = await working;
            if (result is { Data.Length: > TokenFrame.DataMax })
                return Fail($"it gave more than {TokenFrame.DataMax} bytes");
            if (result?.Progress < given.Progress)
                return Fail("its progress fell");
            Note = null;
            return result;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            return null; // its turn is over
        }
        catch (Exception e) // the work is the user's: whatever is wrong with it, the token goes on
        {
            return Fail(e.Message);
        }
    }

    /// <summary>Has what works end before its turn is over.</summary>
    /// <param name="turn">That turn; null where none is under way.</param>
    /// <returns>Ends when it has ended; of somebody beside the node, when he says so, or his time is surely over.</returns>
    public Task EndAsync(CancellationTokenSource? turn)
    {
        if (work is AttachedWork attached)
            return attached.RecallAsync();
        turn?.Cancel();
        return ended;
    }

    // What it still does counts no more.
    private TokenResult? LeaveBehind(CancellationTokenSource turn)
    {
        if (turn.IsCancellationRequested)
            return null; // the turn is over, and not by its fault
        turn.Cancel();
        return Fail($"it took longer than {HoldMax.TotalSeconds} s");
    }

    private TokenResult? Fail(string why)
    {
        Note = why;
        failed(why);
        return null;
    }
}
