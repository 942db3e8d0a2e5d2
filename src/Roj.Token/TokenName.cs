using System.Text;

namespace Roj.Token;

/// <summary>What a token may be called: 1 to 32 of a-z, 0-9, '-', '_' and '.', beginning with a letter or a digit. It stands in file names,
/// in addresses and in fences.</summary>
public static class TokenName
{
    /// <summary>Characters at most.</summary>
    public const int LengthMax = 32;

    /// <summary>Whether a token may be called that.</summary>
    public static bool IsOne(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > LengthMax || !char.IsAsciiLetterOrDigit(name[0]))
            return false;
        foreach (var letter in name)
        {
            if (!(char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_' or '.'))
                return false;
        }

        return true;
    }

    /// <summary>The register whose lease makes its owner in <c>quorum</c> mode, and the lease that its fences name.</summary>
    public static string LeaseOf(string name) => $"token/{name}";

    /// <summary>Reads a name from the wire.</summary>
    /// <returns>It; null if a token may not be called that.</returns>
    internal static string? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LengthMax || !Ascii.IsValid(bytes))
            return null;
        var name = Encoding.ASCII.GetString(bytes);
        return IsOne(name) ? name : null;
    }
}
