using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>Reads one message of the ring: members in any order, each once, none that does not belong there.</summary>
/// <remarks>What is no JSON throws a <see cref="JsonException"/>; anything else that is wrong is told in <see cref="Refusal"/>. Texts are
/// compared as bytes: one with an escape in it is none of ours, so none has to be unescaped.</remarks>
internal ref struct RingJsonReader(ReadOnlySpan<byte> body)
{
    private static readonly SearchValues<byte> digits = SearchValues.Create("0123456789abcdef"u8);

    private Utf8JsonReader json = new(body, new JsonReaderOptions { MaxDepth = 3 });
    private Members seen;
    private Members type; // what the type that is told has beside the common members
    private RingId sender;
    private RingId origin;
    private int hops;
    private Term term;
    private ulong revision;
    private List<RingId>? ids;
    private ImmutableSortedDictionary<NodeId, Colour>? colours;

    [Flags]
    private enum Members
    {
        None = 0,
        Type = 1,
        Version = 2,
        Sender = 4,
        Origin = 8,
        Hops = 16,
        Term = 32,
        Ids = 64,
        Revision = 128,
        Colors = 256,
        Election = Type | Version | Sender | Origin | Hops,
        Leader = Election | Term,
        Collect = Leader | Ids,
        Color = Leader | Revision | Colors,
    }

    /// <summary>Why there is no message, for people.</summary>
    public string? Refusal { get; private set; }

    /// <summary>There is no message; the first reason stays.</summary>
    public void Fail(string why) => Refusal ??= why;

    /// <summary>The message; null if it is none, with <see cref="Refusal"/>.</summary>
    public RingMessage? Message()
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            Fail("a message is an object");
            return null;
        }

        while (Refusal is null && Next() != JsonTokenType.EndObject)
            Member();
        if (Refusal is null && json.Read())
            Fail("something stands behind the message");
        if (Refusal is null && (seen != type || type is Members.None))
            Fail("a member is missing, or does not belong to that type");
        if (Refusal is not null)
            return null;
        return type switch
        {
            Members.Election => new RingMessage.Election(sender, origin, hops),
            Members.Leader => new RingMessage.Leader(sender, origin, hops, term),
            Members.Collect => new RingMessage.Collect(sender, origin, hops, term, ids!),
            _ => new RingMessage.Color(sender, origin, hops, new Colouring(term, revision, colours!)),
        };
    }

    private void Member()
    {
        var member = Named();
        if (member is Members.None)
            Fail("there is a member that no message has");
        if ((seen & member) != 0)
            Fail("a member is there twice");
        if (Refusal is not null)
            return;
        seen |= member;
        Next();
        switch (member)
        {
            case Members.Type:
                Type();
                break;
            case Members.Version when Number(ulong.MaxValue) != RingJson.Version:
                Fail($"the version is {RingJson.Version}");
                break;
            case Members.Sender:
                sender = Id();
                break;
            case Members.Origin:
                origin = Id();
                break;
            case Members.Hops:
                hops = (int)Number(int.MaxValue);
                break;
            case Members.Term:
                (var counter, var leader) = Pair("counter"u8, Term.CounterMax, "leader"u8);
                term = new Term(counter, leader);
                break;
            case Members.Ids:
                Ids();
                break;
            case Members.Revision:
                revision = Number(ulong.MaxValue);
                break;
            case Members.Colors:
                Colors();
                break;
            default:
                break;
        }
    }

    private readonly Members Named() =>
        Is("type"u8) ? Members.Type
        : Is("version"u8) ? Members.Version
        : Is("sender"u8) ? Members.Sender
        : Is("origin"u8) ? Members.Origin
        : Is("hops"u8) ? Members.Hops
        : Is("term"u8) ? Members.Term
        : Is("ids"u8) ? Members.Ids
        : Is("revision"u8) ? Members.Revision
        : Is("colors"u8) ? Members.Colors
        : Members.None;

    private void Type()
    {
        type = json.TokenType != JsonTokenType.String ? Members.None
            : Is("ELECTION"u8) ? Members.Election
            : Is("LEADER"u8) ? Members.Leader
            : Is("COLLECT"u8) ? Members.Collect
            : Is("COLOR"u8) ? Members.Color
            : Members.None;
        if (type is Members.None)
            Fail("the type is ELECTION, LEADER, COLLECT or COLOR");
    }

    private void Ids()
    {
        if (json.TokenType != JsonTokenType.StartArray)
            Fail("ids is a list");
        ids = [];
        var nodes = new SortedSet<NodeId>();
        while (Refusal is null && Next() != JsonTokenType.EndArray)
        {
            var id = Id();
            if (ids.Count == RingJson.IdsMax)
                Fail($"there are more than {RingJson.IdsMax} nodes");
            else if (!nodes.Add(id.Node))
                Fail("a node is there twice");
            ids.Add(id);
        }
    }

    private void Colors()
    {
        if (json.TokenType != JsonTokenType.StartObject)
            Fail("colors is an object");
        var made = ImmutableSortedDictionary.CreateBuilder<NodeId, Colour>();
        while (Refusal is null && Next() != JsonTokenType.EndObject)
        {
            var node = Node();
            Next();
            var colour = json.TokenType != JsonTokenType.String ? Colour.None
                : Is("green"u8) ? Colour.Green
                : Is("red"u8) ? Colour.Red
                : Colour.None;
            if (colour is Colour.None)
                Fail("a colour is green or red");
            else if (made.Count == RingJson.IdsMax)
                Fail($"there are more than {RingJson.IdsMax} nodes");
            else if (!made.TryAdd(node, colour))
                Fail("a node is there twice");
        }

        colours = made.ToImmutable();
    }

    private RingId Id()
    {
        var (drawn, node) = Pair("id"u8, uint.MaxValue, "node"u8);
        return new RingId((uint)drawn, node);
    }

    // An object of a number and a node.
    private (ulong Number, NodeId Node) Pair(ReadOnlySpan<byte> numberName, ulong numberMax, ReadOnlySpan<byte> nodeName)
    {
        ulong? number = null;
        NodeId? node = null;
        if (json.TokenType != JsonTokenType.StartObject)
            Fail("sender, origin, term and what is in ids are objects");
        while (Refusal is null && Next() != JsonTokenType.EndObject)
        {
            if (number is null && Is(numberName))
            {
                Next();
                number = Number(numberMax);
            }
            else if (node is null && Is(nodeName))
            {
                Next();
                node = Node();
            }
            else
            {
                Fail("there is a member twice, or one that does not belong there");
            }
        }

        if (number is null || node is null)
            Fail("a node is told by id and node, a term by counter and leader");
        return (number ?? 0, node ?? default);
    }

    private ulong Number(ulong max)
    {
        if (json.TokenType == JsonTokenType.Number
            && ulong.TryParse(json.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max)
        {
            return number;
        }

        Fail("a number is not whole, or out of its range");
        return 0;
    }

    private NodeId Node()
    {
        var isText = json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
        if (isText && json.ValueSpan.Length == 2 * NodeId.Length && !json.ValueSpan.ContainsAnyExcept(digits)
            && UInt128.TryParse(json.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return new NodeId(value);
        }

        Fail("a node has 32 lower-case hexadecimal digits");
        return default;
    }

    private readonly bool Is(ReadOnlySpan<byte> text) => json.ValueSpan.SequenceEqual(text);

    private JsonTokenType Next()
    {
        json.Read(); // in an object that is open it gives something or throws
        return json.TokenType;
    }
}
