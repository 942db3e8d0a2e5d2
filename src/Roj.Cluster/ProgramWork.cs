using Roj.Host.Tokens;

namespace Roj;

/// <summary>A program's own work, as a node has it done.</summary>
internal sealed class ProgramWork(IRojTokenWork work) : ITokenWork
{
    /// <inheritdoc/>
    public string Kind => "program";

    /// <inheritdoc/>
    public async Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost) =>
        await work.WorkAsync(RojTurn.Of(turn), lost).ConfigureAwait(false) is { } result
            ? new TokenResult(result.Progress, result.Data, result.Rest)
            : null;
}
