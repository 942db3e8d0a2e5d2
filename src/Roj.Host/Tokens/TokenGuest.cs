namespace Roj.Host.Tokens;

/// <summary>Somebody beside the node who waits for its turns, and works in them.</summary>
/// <remarks>From any thread.</remarks>
internal sealed class TokenGuest
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource recalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<TokenTurn> next = New();
    private TaskCompletionSource? passed;

    /// <summary>Whether it has gone.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The next turn that it is given.</summary>
    public Task<TokenTurn> NextAsync()
    {
        lock (gate)
            return next.Task;
    }

    /// <summary>Gives it a turn.</summary>
    /// <returns>Ends when it has passed that on, or has gone; null if it has gone already.</returns>
    public Task? Give(TokenTurn turn)
    {
        lock (gate)
        {
            if (HasLeft)
                return null;
            passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            next.TrySetResult(turn);
            return passed.Task;
        }
    }

    /// <summary>Ends when it has passed on the turn that it was given last, or has gone.</summary>
    public Task PassedAsync()
    {
        lock (gate)
            return passed?.Task ?? Task.CompletedTask;
    }

    /// <summary>Ends when it is to end what it began: the node goes.</summary>
    public Task Recalled => recalled.Task;

    /// <summary>It is to end what it began, and to say when that is done (<see cref="Pass"/>).</summary>
    public void Recall() => recalled.TrySetResult();

    /// <summary>It is done with its turn.</summary>
    public void Pass()
    {
        lock (gate)
        {
            if (next.Task.IsCompleted)
                next = New();
            passed?.TrySetResult();
        }
    }

    /// <summary>It goes.</summary>
    public void Leave()
    {
        lock (gate)
        {
            HasLeft = true;
            passed?.TrySetResult();
        }
    }

    private static TaskCompletionSource<TokenTurn> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
