using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Roj.Host.Security;

/// <summary>Tells whether a request brings a token of the cluster: of any key in the ring, which may change meanwhile. From any
/// thread.</summary>
/// <param name="keys">The cluster's keys.</param>
/// <param name="clock">The time.</param>
internal sealed class TokenCheck(ClusterKeys keys, TimeProvider clock)
{
    private const string Scheme = "Bearer"; // RFC 6750, 2.1

    private readonly GuessLimit guesses = new(GuessLimit.Usual);
    private readonly long begun = clock.GetTimestamp();
    private volatile Known known = Known.Of(keys.Current);

    /// <summary>Judges the header <c>Authorization</c>.</summary>
    /// <param name="authorization">All values of the header.</param>
    /// <param name="caller">From where.</param>
    public TokenVerdict Judge(StringValues authorization, uint caller)
    {
        // Of two, an intermediary might have looked at the other one.
        if (authorization.Count != 1 || Given(authorization[0]) is not { } token)
            return TokenVerdict.Missing;
        // Before anything is counted: else whoever shares the address of a user keeps him out by being wrong.
        if (IsKnown(token))
            return TokenVerdict.Right;
        var second = (long)clock.GetElapsedTime(begun).TotalSeconds;
        if (!guesses.MayGuess(second, caller))
            return TokenVerdict.TooOften;
        guesses.Failed(second, caller);
        return TokenVerdict.Wrong;
    }

    // "Bearer" 1*SP b64token; the scheme in any case (RFC 9110, 11.1).
    private static string? Given(string? value) =>
        value is not null && value.Length > Scheme.Length && value[Scheme.Length] == ' '
            && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].TrimStart(' ')
            : null;

    private bool IsKnown(string token)
    {
        var ring = keys.Current;
        if (known.Ring != ring)
            known = Known.Of(ring);
        var given = Encoding.UTF8.GetBytes(token);
        // All of them, so that time does not tell which; only a length shows, and that is no secret.
        var isKnown = false;
        foreach (var right in known.Tokens)
            isKnown |= CryptographicOperations.FixedTimeEquals(right, given);
        return isKnown;
    }

    private sealed class Known(Keyring ring, byte[][] tokens)
    {
        public Keyring Ring => ring;

        public byte[][] Tokens => tokens;

        public static Known Of(Keyring ring) => new(ring, [.. ring.Keys.Select(key => Encoding.ASCII.GetBytes(AccessToken.Of(key)))]);
    }
}
