namespace Roj.Host.Tokens;

/// <summary>Work that goes round with a token: one node at a time does it, and the next one goes on from there.</summary>
public interface ITokenWork
{
    /// <summary>What it is, in a word.</summary>
    string Kind { get; }

    /// <summary>Works for one turn, on a thread of its own.</summary>
    /// <param name="turn">From where to go on.</param>
    /// <param name="lost">Cancelled when the turn is over: what is returned after that counts no more.</param>
    /// <returns>What was done; null for nothing.</returns>
    Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost);
}
