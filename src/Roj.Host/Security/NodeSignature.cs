using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Roj.Host.Security;

/// <summary>Shows that a request by HTTP comes from a node that holds a key of the cluster: <c>Authorization: Roj key:mac</c>.</summary>
/// <remarks>HTTP is not encrypted, so no token crosses the network for what nodes say to each other; a request that is overheard can be
/// repeated, but not changed: what it says carries a term, and is old then.</remarks>
internal static class NodeSignature
{
    private const string Scheme = "Roj ";

    /// <summary>The header's value.</summary>
    public static string Of(ClusterKey key, string method, string target, ReadOnlySpan<byte> body) => string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}{key.Id:x8}:{Convert.ToHexStringLower(Mac(key, method, target, body))}");

    /// <summary>Whether a header shows it.</summary>
    public static bool IsRight(Keyring ring, [NotNullWhen(true)] string? header, string method, string target, ReadOnlySpan<byte> body)
    {
        if (header is null || !header.StartsWith(Scheme, StringComparison.Ordinal)
            || header[Scheme.Length..].Split(':') is not [{ Length: 8 } id, { Length: 2 * HMACSHA256.HashSizeInBytes } mac]
            || !uint.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            || ring.Find(number) is not { } key || !mac.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(mac), Mac(key, method, target, body));
    }

    private static byte[] Mac(ClusterKey key, string method, string target, ReadOnlySpan<byte> body)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes($"{method} {target}\n"), .. body];
        return HMACSHA256.HashData(key.Derive("http", default, HMACSHA256.HashSizeInBytes), text);
    }
}
