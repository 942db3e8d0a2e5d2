using Roj.Token.Work;

namespace Roj.Host.Tokens;

/// <summary>Computes π: each turn adds digits, and what the next one needs travels with the token.</summary>
/// <param name="digits">Decimals that are wanted.</param>
/// <param name="terms">Terms of the series in a turn; each gives about fourteen decimals.</param>
/// <param name="rest">How long the token stays after each turn.</param>
internal sealed class PiWork(int digits, int terms, TimeSpan rest) : ITokenWork
{
    /// <summary>Decimals, unless it is said.</summary>
    public const int UsualDigits = 10_000;

    /// <summary>Terms in a turn, unless it is said.</summary>
    public const int UsualTerms = 10;

    private static readonly TimeSpan IdleRest = TimeSpan.FromMilliseconds(500); // once all decimals are there

    /// <inheritdoc/>
    public string Kind => "pi";

    /// <inheritdoc/>
    public Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost)
    {
        var (progress, data) = Pi.Step(turn.Data, digits, terms)
            ?? throw new InvalidDataException("what came with the token is no state of π");
        var pause = progress > turn.Progress ? rest : rest > IdleRest ? rest : IdleRest;
        return Task.FromResult<TokenResult?>(new TokenResult(Math.Max(progress, turn.Progress), data, pause));
    }
}
