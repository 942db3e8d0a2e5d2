namespace Roj.Storage.Resp;

/// <summary>Redis's patterns for names: <c>*</c>, <c>?</c>, <c>[a-c]</c>, <c>[^x]</c>, and <c>\</c> before what is itself.</summary>
/// <remarks>It takes time in proportion to pattern times name at worst: only the last star is ever tried again.</remarks>
public static class Glob
{
    /// <summary>Whether a name matches, all of it.</summary>
    /// <param name="pattern">Whatever bytes: what is not closed counts as closed at the end, as in Redis.</param>
    /// <param name="name">Whatever bytes.</param>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        var (p, n) = (0, 0);
        var (star, tried) = (-1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, tried) = (++p, n);
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, name[n]))
            {
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star, ++tried);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept((byte)'*') < 0;
    }

    private static bool MatchesOne(ReadOnlySpan<byte> pattern, ref int p, byte given)
    {
        switch (pattern[p])
        {
            case (byte)'?':
                p++;
                return true;
            case (byte)'[':
                p++;
                return IsInClass(pattern, ref p, given);
            case (byte)'\\' when p + 1 < pattern.Length:
                p += 2;
                return pattern[p - 1] == given;
            default:
                return pattern[p++] == given;
        }
    }

    private static bool IsInClass(ReadOnlySpan<byte> pattern, ref int p, byte given)
    {
        var isNegated = p < pattern.Length && pattern[p] == '^';
        if (isNegated)
            p++;
        var isIn = false;
        for (; p < pattern.Length && pattern[p] != ']'; p++)
        {
            if (pattern[p] == '\\' && p + 1 < pattern.Length)
            {
                isIn |= pattern[++p] == given;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == '-')
            {
                var (low, high) = (Math.Min(pattern[p], pattern[p + 2]), Math.Max(pattern[p], pattern[p + 2]));
                isIn |= given >= low && given <= high;
                p += 2;
            }
            else
            {
                isIn |= pattern[p] == given;
            }
        }

        p = Math.Min(p + 1, pattern.Length);
        return isIn != isNegated;
    }
}
