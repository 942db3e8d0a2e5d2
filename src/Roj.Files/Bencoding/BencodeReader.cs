using System.Globalization;

namespace Roj.Files.Bencoding;

/// <summary>Walks over bencoded bytes (BEP 3), strictly, copying nothing. Once a read fails the reader stays failed; none throws.</summary>
/// <remarks>
/// <para>The first look at an outermost value checks the whole of it, so a reader that entered a dictionary can only fail by expecting
/// another kind of value, or a number beyond 64 bits.</para>
/// <para>Refused: leading zeros, <c>-0</c>, a key that comes twice, nesting beyond <see cref="DepthMax"/>. Keys out of order, which
/// BEP 3 forbids and some programs send, are read, in dictionaries of at most <see cref="UnorderedKeysMax"/> keys.</para>
/// </remarks>
public ref struct BencodeReader(ReadOnlySpan<byte> input)
{
    /// <summary>Lists and dictionaries that may stand within each other, the outermost included.</summary>
    public const int DepthMax = 32;

    /// <summary>Keys that a dictionary may have which doesn't keep them in order: each is compared with all before it.</summary>
    public const int UnorderedKeysMax = 256;

    private ReadOnlySpan<byte> rest = input;
    private int depth;

    /// <summary>Whether a read found something else than it asked for.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes not read yet; none once failed.</summary>
    public readonly ReadOnlySpan<byte> Rest => rest;

    /// <summary>What the next byte announces; its value may still turn out to be malformed.</summary>
    public readonly BencodeKind Next => rest.IsEmpty ? BencodeKind.None : rest[0] switch
    {
        (byte)'i' => BencodeKind.Integer,
        >= (byte)'0' and <= (byte)'9' => BencodeKind.Bytes,
        (byte)'l' => BencodeKind.List,
        (byte)'d' => BencodeKind.Dictionary,
        (byte)'e' when depth > 0 => BencodeKind.End,
        _ => BencodeKind.None,
    };

    /// <summary>A whole number; 0 once failed.</summary>
    public long Integer()
    {
        var raw = Next == BencodeKind.Integer ? Raw() : Fail();
        if (!raw.IsEmpty && long.TryParse(raw[1..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        Fail();
        return 0;
    }

    /// <summary>A whole number of at least <paramref name="from"/> and at most <paramref name="to"/>; else fails.</summary>
    public long Integer(long from, long to)
    {
        var number = Integer();
        if (Failed || (number >= from && number <= to))
            return number;
        Fail();
        return 0;
    }

    /// <summary>A byte string, as a slice of the input; empty once failed.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var position = 0;
        if (Failed || !BencodeGrammar.TryBytes(rest, ref position, out var bytes))
            return Fail();
        rest = rest[position..];
        return bytes;
    }

    /// <summary>Steps into a dictionary: <see cref="NextKey"/> follows until it returns false.</summary>
    public void EnterDictionary() => Enter(BencodeKind.Dictionary);

    /// <summary>Steps into a list: <see cref="NextItem"/> follows until it returns false.</summary>
    public void EnterList() => Enter(BencodeKind.List);

    /// <summary>Reads the next key of the dictionary; its value must be read, or skipped, before the next call.</summary>
    /// <returns>False when the dictionary has ended, and with that been left, or the reader has failed.</returns>
    public bool NextKey(out ReadOnlySpan<byte> key)
    {
        key = default;
        if (!NextItem())
            return false;
        key = Bytes();
        return !Failed;
    }

    /// <summary>Whether the list has another value, which must be read, or skipped, before the next call.</summary>
    /// <returns>False when the list has ended, and with that been left, or the reader has failed.</returns>
    public bool NextItem()
    {
        if (Next == BencodeKind.None || depth == 0)
            Fail();
        if (Failed || Next != BencodeKind.End)
            return !Failed;
        rest = rest[1..];
        depth--;
        return false;
    }

    /// <summary>The next value, whatever it is, exactly as it came; empty once failed.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var length = BencodeGrammar.Measure(rest);
        if (length == 0)
            return Fail();
        var raw = rest[..length];
        rest = rest[length..];
        return raw;
    }

    /// <summary>Passes over the next value, whatever it is.</summary>
    public void Skip() => Raw();

    private void Enter(BencodeKind kind)
    {
        if (Next != kind || (depth == 0 && BencodeGrammar.Measure(rest) == 0))
        {
            Fail();
            return;
        }

        rest = rest[1..];
        depth++;
    }

    private ReadOnlySpan<byte> Fail()
    {
        Failed = true;
        rest = default;
        return default;
    }
}
