namespace Roj.Host.Tokens;

/// <summary>No work: the token goes round by itself.</summary>
/// <param name="rest">How long it stays at each node.</param>
internal sealed class NoWork(TimeSpan rest) : ITokenWork
{
    /// <summary>Whether the token goes on at once.</summary>
    public bool IsRestless => rest == default;

    /// <inheritdoc/>
    public string Kind => "none";

    /// <inheritdoc/>
    public Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost) =>
        Task.FromResult<TokenResult?>(new TokenResult(turn.Progress, turn.Data, rest));
}
