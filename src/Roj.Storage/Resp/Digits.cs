namespace Roj.Storage.Resp;

/// <summary>Whole numbers as Redis takes them: no blanks, no plus, no zeros in front.</summary>
internal static class Digits
{
    /// <summary>Characters of the longest number.</summary>
    public const int LengthMax = 20;

    /// <summary>Reads a number of 64 bits, all of <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        var isNegative = text.Length > 1 && text[0] == '-';
        var digits = isNegative ? text[1..] : text;
        if (digits.IsEmpty || digits.Length >= LengthMax || (digits[0] == '0' && text.Length > 1))
            return false;
        var magnitude = 0UL; // 19 digits fit
        foreach (var digit in digits)
        {
            var value = (uint)(digit - '0');
            if (value > 9)
                return false;
            magnitude = (magnitude * 10) + value;
        }

        if (magnitude > (ulong)long.MaxValue + (isNegative ? 1UL : 0UL))
            return false;
        number = isNegative ? unchecked(-(long)magnitude) : (long)magnitude;
        return true;
    }

    /// <summary>Reads a number of 64 bits without a sign, as a cursor is one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        foreach (var digit in text)
        {
            var value = (uint)(digit - '0');
            if (value > 9 || number > (ulong.MaxValue - value) / 10)
                return false;
            number = (number * 10) + value;
        }

        return !text.IsEmpty;
    }
}
