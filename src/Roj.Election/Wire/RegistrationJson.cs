using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>What a leader answers to a follower that registers: its colour, and everybody's.</summary>
/// <remarks>
/// <code>
/// {"term":{"counter":"3","leader":"000…02"},"version":"7","color":"green","colors":{"000…01":"red","000…02":"green"}}
/// </code>
/// <para>Counters and versions are decimal digits in quotes: JSON's own numbers lose what is above 2^53. A node that the leader does not
/// count among its own yet has the color <c>none</c>. Members stand in any order, each once; unknown ones are left alone, so that later
/// versions may say more; the ids of nodes ascend.</para>
/// </remarks>
public static class RegistrationJson
{
    /// <summary>Bytes of an answer at most; a colouring of <see cref="ColouringCodec.NodesMax"/> nodes has fewer.</summary>
    public const int LengthMax = 256 * 1024;

    private const int DepthMax = 8;

    private static readonly JsonReaderOptions strict = new() { MaxDepth = DepthMax };

    private static readonly SearchValues<byte> digitsOfIds = SearchValues.Create("0123456789abcdef"u8);

    [Flags]
    private enum Member
    {
        None = 0,
        Term = 1,
        Version = 2,
        Color = 4,
        Colors = 8,
        All = Term | Version | Color | Colors,
    }

    /// <summary>The answer to <paramref name="asking"/>.</summary>
    /// <exception cref="ArgumentException">The colouring is not right, or has more nodes than <see cref="ColouringCodec.NodesMax"/>.
    /// </exception>
    public static byte[] Write(Colouring colouring, NodeId asking)
    {
        ArgumentNullException.ThrowIfNull(colouring);
        if (!colouring.IsRight || colouring.Colours.Count > ColouringCodec.NodesMax)
            throw new ArgumentException($"no colouring to be told: {colouring}", nameof(colouring));
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("term"u8);
            json.WriteString("counter"u8, colouring.Term.Counter.ToString(CultureInfo.InvariantCulture));
            json.WriteString("leader"u8, colouring.Term.Leader.ToString());
            json.WriteEndObject();
            json.WriteString("version"u8, colouring.Version.ToString(CultureInfo.InvariantCulture));
            json.WriteString("color"u8, Word(colouring.Of(asking)));
            json.WriteStartObject("colors"u8);
            foreach (var (node, colour) in colouring.Colours)
                json.WriteString(node.ToString(), Word(colour));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads an answer: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    /// <param name="bytes">The whole of it.</param>
    /// <param name="asking">Who asked.</param>
    /// <param name="colouring">The colours; null if there is no sense in the answer.</param>
    /// <param name="own">The colour of who asked, which is the one that <paramref name="colouring"/> gives.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> bytes, NodeId asking, out Colouring? colouring, out Colour own)
    {
        (colouring, own) = (null, Colour.None);
        if (bytes.Length > LengthMax)
            return ReadStatus.Malformed;
        try
        {
            var json = new Utf8JsonReader(bytes, strict);
            if (!TryReadWhole(ref json, out var read, out var said) || !read!.IsRight || read.Of(asking) != said)
                return ReadStatus.Malformed;
            (colouring, own) = (read, said);
            return ReadStatus.Done;
        }
        catch (JsonException)
        {
            return ReadStatus.Malformed; // the reader has no other way of saying that it is no JSON
        }
    }

    /// <summary>How a colour is written.</summary>
    public static string Word(Colour colour) => colour switch
    {
        Colour.Green => "green",
        Colour.Red => "red",
        _ => "none",
    };

    private static bool TryReadWhole(ref Utf8JsonReader json, out Colouring? colouring, out Colour own)
    {
        (colouring, own) = (null, Colour.None);
        var (term, version, seen) = (Term.None, 0UL, Member.None);
        var colours = ImmutableSortedDictionary<NodeId, Colour>.Empty;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var member = Is(ref json, "term"u8) ? Member.Term
                : Is(ref json, "version"u8) ? Member.Version
                : Is(ref json, "color"u8) ? Member.Color
                : Is(ref json, "colors"u8) ? Member.Colors
                : Member.None;
            if ((seen & member) != 0 || !json.Read())
                return false;
            seen |= member;
            var isRight = member switch
            {
                Member.Term => TryReadTerm(ref json, out term),
                Member.Version => TryReadNumber(ref json, out version),
                Member.Color => TryReadColour(ref json, out own),
                Member.Colors => TryReadColours(ref json, out colours),
                _ => TrySkip(ref json),
            };
            if (!isRight)
                return false;
        }

        colouring = new Colouring(term, version, colours);
        return seen == Member.All && !json.Read(); // which throws if there is more
    }

    private static bool TryReadTerm(ref Utf8JsonReader json, out Term term)
    {
        term = Term.None;
        NodeId? leader = null;
        ulong? counter = null;
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (isCounter, isLeader) = (Is(ref json, "counter"u8), Is(ref json, "leader"u8));
            if (!json.Read())
                return false;
            if (isCounter && counter is null && TryReadNumber(ref json, out var number))
                counter = number;
            else if (isLeader && leader is null && TryReadNode(ref json, out var node))
                leader = node;
            else if (isCounter || isLeader || !TrySkip(ref json))
                return false;
        }

        term = new Term(counter ?? 0, leader ?? default);
        return counter is not null && leader is not null;
    }

    private static bool TryReadColours(ref Utf8JsonReader json, out ImmutableSortedDictionary<NodeId, Colour> colours)
    {
        colours = ImmutableSortedDictionary<NodeId, Colour>.Empty;
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        var read = colours.ToBuilder();
        NodeId? last = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (read.Count == ColouringCodec.NodesMax || !TryReadNode(ref json, out var node) || (last is { } before && !(node > before)))
                return false;
            if (!json.Read() || !TryReadColour(ref json, out var colour))
                return false;
            read.Add(node, colour);
            last = node;
        }

        colours = read.ToImmutable();
        return true;
    }

    /// <summary>Reads 32 hexadecimal digits, in lower case as they are written.</summary>
    private static bool TryReadNode(ref Utf8JsonReader json, out NodeId node)
    {
        node = default;
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || json.ValueIsEscaped
            || json.ValueSpan.Length != 2 * NodeId.Length || json.ValueSpan.ContainsAnyExcept(digitsOfIds))
        {
            return false;
        }

        node = new NodeId(UInt128.Parse(json.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>Reads digits in quotes, without a sign or a leading zero.</summary>
    private static bool TryReadNumber(ref Utf8JsonReader json, out ulong number)
    {
        number = 0;
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
            return false;
        var digits = json.ValueSpan;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != '0' || digits.Length == 1)
            && Utf8Parser.TryParse(digits, out number, out var consumed) && consumed == digits.Length;
    }

    private static bool TryReadColour(ref Utf8JsonReader json, out Colour colour)
    {
        colour = Colour.None;
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
            return false;
        if (Is(ref json, "green"u8))
            colour = Colour.Green;
        else if (Is(ref json, "red"u8))
            colour = Colour.Red;
        return colour != Colour.None || Is(ref json, "none"u8);
    }

    /// <summary>Whether a name or a text is this one. None of ours needs an escape, and half a surrogate pair may hide in one.</summary>
    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> text) => !json.ValueIsEscaped && json.ValueSpan.SequenceEqual(text);

    private static bool TrySkip(ref Utf8JsonReader json)
    {
        json.Skip();
        return true;
    }
}
