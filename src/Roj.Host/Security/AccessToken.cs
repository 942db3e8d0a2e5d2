using System.Diagnostics.CodeAnalysis;

namespace Roj.Host.Security;

/// <summary>The word that lets a caller of the HTTP API in: derived from a key of the cluster, which can't be had from it.</summary>
public static class AccessToken
{
    /// <summary>Letters of a token.</summary>
    public const int Length = 2 * Bytes;

    private const int Bytes = 32;

    /// <summary>The token of a key, in small hexadecimal digits: for the file that it is kept in and the header
    /// <c>Authorization</c>, and for nothing that is logged.</summary>
    public static string Of(ClusterKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Convert.ToHexStringLower(key.Derive("admin", default, Bytes));
    }

    /// <summary>Reads what a user keeps; spaces and line ends around it are no part of it.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? token)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        token = text.Length == Length && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;
        return token is not null;
    }
}
