namespace Roj.Storage.Resp;

/// <summary>Splits a line into words as Redis does: blanks between them, quotes around what has blanks in it.</summary>
internal static class Words
{
    /// <summary>Splits a line, and tells the reader where its words are: what was escaped is never longer.</summary>
    /// <param name="line">Without its newline.</param>
    /// <param name="reader">Whose line it is; the words' offsets count from the line's beginning.</param>
    /// <returns>False if a quote is not closed, or goes on behind its end.</returns>
    public static bool TrySplit(Span<byte> line, RespReader reader)
    {
        var nul = line.IndexOf((byte)0);
        var text = nul < 0 ? line : line[..nul];
        var (from, to) = (0, 0);
        while (true)
        {
            while (from < text.Length && IsBlank(text[from]))
                from++;
            if (from == text.Length)
                return true;
            var first = to;
            if (!TryCopy(text, ref from, ref to))
                return false;
            reader.Keep(first, to - first);
        }
    }

    private static bool TryCopy(Span<byte> text, ref int from, ref int to)
    {
        while (from < text.Length && !IsBlank(text[from]))
        {
            if (text[from] is (byte)'"' or (byte)'\'')
                return TryCopyQuoted(text, ref from, ref to);
            text[to++] = text[from++];
        }

        return true;
    }

    private static bool TryCopyQuoted(Span<byte> text, ref int from, ref int to)
    {
        var quote = text[from++];
        while (from < text.Length)
        {
            var letter = text[from++];
            if (letter == quote)
                return from == text.Length || IsBlank(text[from]);
            if (letter == '\\' && from < text.Length && (quote == '"' || text[from] == '\''))
                letter = quote == '"' ? Escaped(text, ref from) : text[from++];
            text[to++] = letter;
        }

        return false;
    }

    private static byte Escaped(Span<byte> text, ref int from)
    {
        var letter = text[from++];
        if (letter == 'x' && from + 1 < text.Length && char.IsAsciiHexDigit((char)text[from]) && char.IsAsciiHexDigit((char)text[from + 1]))
        {
            var value = (Hex(text[from]) << 4) | Hex(text[from + 1]);
            from += 2;
            return (byte)value;
        }

        return letter switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => letter,
        };
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsBlank(byte letter) => letter is (byte)' ' or (>= 9 and <= 13);
}
