using System.Collections.Immutable;
using System.Text;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

public sealed class RingJsonTests
{
    private const string Two = "00000000000000000000000000000002";
    private const string Three = "0000000000000000000000000000000a";
    private const string Ends = $$""" "sender":{"id":7,"node":"{{Two}}"},"origin":{"id":4294967295,"node":"{{Three}}"},"hops":2""";
    private const string OfTerm = $$""" "term":{"counter":4611686018427387904,"leader":"{{Three}}"}""";
    private const string Election = $$"""{"type":"ELECTION","version":1,{{Ends}}}""";
    private const string Leader = $$"""{"type":"LEADER","version":1,{{Ends}},{{OfTerm}}}""";
    private const string Collect = $$"""{"type":"COLLECT","version":1,{{Ends}},{{OfTerm}},"ids":[{"id":0,"node":"{{Two}}"}]}""";
    private const string Color =
        $$"""{"type":"COLOR","version":1,{{Ends}},{{OfTerm}},"revision":5,"colors":{"{{Two}}":"red","{{Three}}":"green"} }""";

    private static readonly RingId sender = new(7, new NodeId(2));
    private static readonly RingId origin = new(uint.MaxValue, new NodeId(10));
    private static readonly Term term = new(Term.CounterMax, new NodeId(10));

    public static TheoryData<string> Texts => [Election, Leader, Collect, Color];

    /// <summary>What stands in <see cref="Texts"/>, and some of its kind.</summary>
    internal static RingMessage[] Messages() =>
    [
        new RingMessage.Election(sender, origin, 2),
        new RingMessage.Leader(sender, origin, 2, term),
        new RingMessage.Collect(sender, origin, 2, term, [new RingId(0, new NodeId(2))]),
        new RingMessage.Color(sender, origin, 2, Colours(2)),
        new RingMessage.Collect(sender, origin, 0, term, []),
        new RingMessage.Color(sender, origin, int.MaxValue, Colours(30)),
    ];

    [Fact]
    public void Messages_are_these_bytes_and_back()
    {
        foreach (var (text, message) in Texts.Select(row => row.Data).Zip(Messages()))
        {
            Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), Encoding.UTF8.GetString(RingJson.Write(message)));
            Assert.Equivalent(message, Read(text), strict: true);
        }

        Assert.All(Messages(), message => Assert.Equivalent(message, Read(RingJson.Write(message)), strict: true));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Cut_short_at_any_byte_it_is_refused(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes.AsSpan(0, length));
    }

    [Fact]
    public void Members_stand_in_any_order_and_white_space_anywhere()
    {
        var text = $$"""
            { "hops" : 2, "origin": { "node": "{{Three}}", "id": 4294967295 },
              "sender": {"id":7,"node":"{{Two}}"}, "version":1, "type":"ELECTION" }

            """;
        Assert.Equal(new RingMessage.Election(sender, origin, 2), Read(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("junk")]
    [InlineData("{{{{{{{{")]
    [InlineData("\0")]
    [InlineData("\uFEFF" + Election)]
    [InlineData(Election + "x")]
    [InlineData(Election + Election)]
    [InlineData(Election + ",")]
    public void What_is_no_message_is_refused(string text) => Refused(text);

    [Theory]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("\"version\":1", "\"version\":\"1\"")]
    [InlineData("\"version\":1", "\"version\":1.0")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1")]
    [InlineData("\"version\":1", "\"version\":1,\"else\":1")]
    [InlineData("\"version\":1,", "")]
    [InlineData("\"version\"", "\"versio\\u006e\"")]
    [InlineData("COLOR", "COLOUR")]
    [InlineData("COLOR", "color")]
    [InlineData("COLOR", "ELECTION")]
    [InlineData("COLOR", "LEADER")]
    [InlineData("COLOR", "COLLECT")]
    [InlineData("\"COLOR\"", "4")]
    [InlineData("\"hops\":2", "\"hops\":-1")]
    [InlineData("\"hops\":2", "\"hops\":2147483648")]
    [InlineData("\"hops\":2", "\"hops\":1e1")]
    [InlineData("\"hops\":2", "\"hops\":02")]
    [InlineData("\"hops\":2", "\"hops\":null")]
    [InlineData("\"hops\":2", "\"hops\":{\"hops\":{}}")]
    [InlineData("\"id\":4294967295", "\"id\":4294967296")]
    [InlineData("\"id\":7,", "")]
    [InlineData("\"id\":7", "\"id\":7,\"id\":7")]
    [InlineData("\"id\":7", "\"id\":7,\"else\":7")]
    [InlineData("\"sender\":{\"id\":7,\"node\":\"" + Two + "\"}", "\"sender\":7")]
    [InlineData("4611686018427387904", "4611686018427387905")]
    [InlineData(Two, "0000000000000000000000000000000")]
    [InlineData(Two, "000000000000000000000000000000002")]
    [InlineData(Two, "0000000000000000000000000000000g")]
    [InlineData(Three, "0000000000000000000000000000000A")]
    [InlineData(Two, "0000000000000000000000000000000\\u0032")]
    [InlineData("{\"" + Two, "{\"" + Three)]
    [InlineData("\"red\"", "\"blue\"")]
    [InlineData("\"red\"", "null")]
    [InlineData("\"colors\":{", "\"colors\":[{")]
    [InlineData("\"revision\":5,", "")]
    [InlineData("{\"type\"", "{/* */\"type\"")]
    public void One_wrong_thing_is_refused(string right, string wrong)
    {
        Assert.Contains(right, Color, StringComparison.Ordinal);
        Refused(Color.Replace(right, wrong, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"ids\":[{", "\"ids\":{")]
    [InlineData("\"id\":0,", "")]
    [InlineData("}]", "},{\"id\":1,\"node\":\"" + Two + "\"}]")]
    [InlineData("}]", "},]")]
    [InlineData("}]", "},7]")]
    [InlineData("[{\"id\":0", "[[{\"id\":0")]
    public void One_wrong_thing_in_a_list_is_refused(string right, string wrong)
    {
        Assert.Contains(right, Collect, StringComparison.Ordinal);
        Refused(Collect.Replace(right, wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Election);
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] = 0xFF;
            Refused(damaged);
        }
    }

    [Fact]
    public void As_many_nodes_as_a_ring_may_have_fit_and_not_one_more()
    {
        RingMessage.Collect Ids(int count) => new(
            origin, origin, int.MaxValue, term, [.. Enumerable.Range(0, count).Select(i => new RingId(uint.MaxValue, Node(i)))]);
        RingMessage.Color Of(int count) => new(origin, origin, int.MaxValue, Colours(count));

        Assert.Equal(RingJson.IdsMax, Assert.IsType<RingMessage.Collect>(Read(RingJson.Write(Ids(RingJson.IdsMax)))).Ids.Count);
        Assert.Equal(
            RingJson.IdsMax, Assert.IsType<RingMessage.Color>(Read(RingJson.Write(Of(RingJson.IdsMax)))).Colouring.Colours.Count);
        Refused(RingJson.Write(Ids(RingJson.IdsMax + 1)));
        Refused(RingJson.Write(Of(RingJson.IdsMax + 1)));
    }

    [Fact]
    public void As_many_bytes_as_are_read_and_not_one_more()
    {
        Assert.NotNull(Read(Election.PadRight(RingJson.BytesMax)));
        Refused(Election.PadRight(RingJson.BytesMax + 1));
    }

    private static Colouring Colours(int count) => new(term, 5, Enumerable.Range(0, count).ToImmutableSortedDictionary(
        i => i < 2 ? new NodeId(i == 0 ? 2U : 10U) : Node(i), i => i == 0 ? Colour.Red : Colour.Green));

    private static NodeId Node(int number) => new(UInt128.MaxValue - (uint)number);

    private static RingMessage Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static RingMessage Read(byte[] bytes)
    {
        Assert.True(RingJson.TryRead(bytes, out var message, out var refusal), refusal);
        return message;
    }

    private static void Refused(string text) => Refused(Encoding.UTF8.GetBytes(text));

    private static void Refused(ReadOnlySpan<byte> bytes)
    {
        Assert.False(RingJson.TryRead(bytes, out var message, out var refusal));
        Assert.Null(message);
        Assert.False(string.IsNullOrWhiteSpace(refusal));
    }
}
