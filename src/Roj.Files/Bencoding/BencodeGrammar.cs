namespace Roj.Files.Bencoding;

// value      = integer / bytes / list / dictionary
// integer    = "i" number "e"                 i0e  i-42e     never i-0e, i042e, i+1e, ie
// bytes      = length ":" length*octet        4:spam  0:     never 04:spam
// list       = "l" *value "e"
// dictionary = "d" *(bytes value) "e"         each key once
/// <summary>Measures one bencoded value and checks all of it, however deep, without allocating (BEP 3).</summary>
internal static class BencodeGrammar
{
    /// <summary>The bytes that the value at the front of <paramref name="input"/> takes; 0 if there is no whole, right one.</summary>
    internal static int Measure(ReadOnlySpan<byte> input)
    {
        var position = 0;
        return Skip(input, ref position, depth: 0, distinctKeys: true) ? position : 0;
    }

    /// <summary>Reads a byte string at <paramref name="position"/> and moves behind it.</summary>
    internal static bool TryBytes(ReadOnlySpan<byte> input, scoped ref int position, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var digits = Digits(input[position..]);
        // No span is longer than int.MaxValue: ten digits.
        if (digits is 0 or > 10 || (digits > 1 && input[position] == '0'))
            return false;
        long length = 0;
        foreach (var digit in input.Slice(position, digits))
            length = (length * 10) + (digit - '0');
        var colon = position + digits;
        if (colon >= input.Length || input[colon] != ':' || length > input.Length - colon - 1)
            return false;
        bytes = input.Slice(colon + 1, (int)length);
        position = colon + 1 + (int)length;
        return true;
    }

    private static bool Skip(ReadOnlySpan<byte> input, ref int position, int depth, bool distinctKeys)
    {
        if (position >= input.Length)
            return false;
        return input[position] switch
        {
            (byte)'i' => SkipInteger(input, ref position),
            (byte)'l' => depth < BencodeReader.DepthMax && SkipList(input, ref position, depth + 1, distinctKeys),
            (byte)'d' => depth < BencodeReader.DepthMax && SkipDictionary(input, ref position, depth + 1, distinctKeys),
            _ => TryBytes(input, ref position, out _),
        };
    }

    private static bool SkipInteger(ReadOnlySpan<byte> input, ref int position)
    {
        var number = position + 1;
        var negative = number < input.Length && input[number] == '-';
        if (negative)
            number++;
        var digits = Digits(input[number..]);
        // A number that begins with 0 is 0 alone, and that has no sign.
        if (digits == 0 || (input[number] == '0' && (digits > 1 || negative)))
            return false;
        position = number + digits + 1;
        return position <= input.Length && input[position - 1] == 'e';
    }

    private static bool SkipList(ReadOnlySpan<byte> input, ref int position, int depth, bool distinctKeys)
    {
        position++;
        while (position < input.Length && input[position] != 'e')
        {
            if (!Skip(input, ref position, depth, distinctKeys))
                return false;
        }

        return position++ < input.Length;
    }

    private static bool SkipDictionary(ReadOnlySpan<byte> input, ref int position, int depth, bool distinctKeys)
    {
        var first = ++position;
        var keys = 0;
        var ordered = true;
        ReadOnlySpan<byte> last = default;
        while (position < input.Length && input[position] != 'e')
        {
            if (!TryBytes(input, ref position, out var key) || !Skip(input, ref position, depth, distinctKeys))
                return false;
            ordered &= keys == 0 || key.SequenceCompareTo(last) > 0;
            last = key;
            keys++;
        }

        // Keys in BEP 3's order can't repeat; only a sloppy sender's dictionary is gone through again.
        return position++ < input.Length && (ordered || !distinctKeys || AreDistinct(input, first, keys, depth));
    }

    private static bool AreDistinct(ReadOnlySpan<byte> input, int position, int keys, int depth)
    {
        if (keys > BencodeReader.UnorderedKeysMax)
            return false;
        Span<Range> seen = stackalloc Range[keys];
        for (var i = 0; i < keys; i++)
        {
            if (!TryBytes(input, ref position, out var key))
                return false;
            foreach (var earlier in seen[..i])
            {
                if (key.SequenceEqual(input[earlier]))
                    return false;
            }

            seen[i] = (position - key.Length)..position;
            // Dictionaries inside were checked on the way here: once more at each depth would be 2^32 times.
            if (!Skip(input, ref position, depth, distinctKeys: false))
                return false;
        }

        return true;
    }

    private static int Digits(ReadOnlySpan<byte> input)
    {
        var other = input.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? input.Length : other;
    }
}
