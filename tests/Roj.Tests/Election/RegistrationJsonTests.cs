using System.Collections.Immutable;
using System.Text;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

public sealed class RegistrationJsonTests
{
    private const string Text =
        """{"term":{"counter":"18446744073709551615","leader":"00000000000000000000000000000002"},"version":"7","color":"red","""
        + """ "colors":{"00000000000000000000000000000001":"red","00000000000000000000000000000002":"green"}}""";

    private static readonly NodeId asking = new(1);

    private static readonly Colouring sample = new(new Term(ulong.MaxValue, new NodeId(2)), 7, ImmutableSortedDictionary.CreateRange(
        [KeyValuePair.Create(asking, Colour.Red), KeyValuePair.Create(new NodeId(2), Colour.Green)]));

    [Fact]
    public void It_is_this_text()
    {
        var written = Encoding.UTF8.GetString(RegistrationJson.Write(sample, asking));
        Assert.Equal(Text.Replace(", ", ",", StringComparison.Ordinal), written); // which has no spaces
        Read(Text, asking, sample, Colour.Red);
    }

    [Fact]
    public void Who_is_not_counted_yet_has_no_colour()
    {
        var stranger = new NodeId(9);
        var bytes = RegistrationJson.Write(sample, stranger);
        Assert.Contains("\"color\":\"none\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Read(Encoding.UTF8.GetString(bytes), stranger, sample, Colour.None);
        Refused(bytes); // to who has one
    }

    [Fact]
    public void Members_stand_in_any_order_and_others_beside_them() => Read(
        """{"more":[{"term":1}],"colors":{"00000000000000000000000000000001":"red","00000000000000000000000000000002":"green"},"""
        + """ "color" : "red" , "\ud800":1,"version":"7","term":{"leader":"00000000000000000000000000000002","x":{},"""
        + """ "counter":"18446744073709551615"}} """,
        asking,
        sample,
        Colour.Red);

    [Fact]
    public void Cut_anywhere_it_is_malformed()
    {
        var bytes = RegistrationJson.Write(sample, asking);
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes[..length]);
        Refused([.. bytes, (byte)'0']);
    }

    [Theory]
    [InlineData("\"18446744073709551615\"", "\"18446744073709551616\"")]
    [InlineData("\"18446744073709551615\"", "1")]
    [InlineData("\"7\"", "7")]
    [InlineData("\"7\"", "\"07\"")]
    [InlineData("\"7\"", "\"+7\"")]
    [InlineData("\"7\"", "\"-7\"")]
    [InlineData("\"7\"", "\"7 \"")]
    [InlineData("\"7\"", "\"\"")]
    [InlineData("\"7\"", "null")]
    [InlineData("\"color\":\"red\"", "\"color\":\"green\"")] // not what all are told
    [InlineData("\"color\":\"red\"", "\"color\":\"Red\"")]
    [InlineData("\"color\":\"red\"", "\"color\":\"none\"")]
    [InlineData("\"color\":\"red\"", "\"color\":\"r\\u0065d\"")]
    [InlineData("\"color\":\"red\"", "\"color\":\"red\",\"color\":\"red\"")]
    [InlineData("\"color\":\"red\",", "")]
    [InlineData("\"version\":\"7\",", "")]
    [InlineData("0001\":\"red\"", "0001\":\"green\"")] // too many greens
    [InlineData("0001\":\"red\"", "0001\":\"none\"")]
    [InlineData("0001\":\"red\"", "0001\":\"\\ud800\"")]
    [InlineData("0001\":\"red\"", "0002\":\"red\"")] // twice, not ascending
    [InlineData("0001\":\"red\"", "0003\":\"red\"")]
    [InlineData("0001\":\"red\"", "00x1\":\"red\"")]
    [InlineData("0001\":\"red\"", "001\":\"red\"")]
    [InlineData("0001\":\"red\"", "A001\":\"red\"")]
    [InlineData("0001\":\"red\"", "0001\":1")]
    [InlineData("\"leader\":\"00000000000000000000000000000002\"", "\"leader\":\"00000000000000000000000000000001\"")]
    [InlineData("\"leader\":\"00000000000000000000000000000002\"", "\"leader\":2")]
    [InlineData("\"counter\":", "\"counter\":\"1\",\"counter\":")]
    [InlineData("{\"term\"", "[{\"term\"")]
    [InlineData("{\"term\"", "{\"a\":[[[[[[[[]]]]]]]],\"term\"")] // too deep
    public void One_wrong_thing_is_malformed(string right, string wrong)
    {
        Assert.Contains(right, Text, StringComparison.Ordinal);
        Refused(Encoding.UTF8.GetBytes(Text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("{\"term\":{},\"version\":\"0\",\"color\":\"none\",\"colors\":{}}")]
    public void What_is_something_else_is_malformed(string text) => Refused(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void So_many_nodes_and_no_more()
    {
        var most = Colouring.Of(new Term(ulong.MaxValue, Painted.Id(1)), ulong.MaxValue, Painted.Ids(ColouringCodec.NodesMax));
        var bytes = RegistrationJson.Write(most, Painted.Id(1));
        Assert.InRange(bytes.Length, RegistrationJson.LengthMax / 2, RegistrationJson.LengthMax);
        Read(Encoding.UTF8.GetString(bytes), Painted.Id(1), most, Colour.Green);

        Assert.Throws<ArgumentException>(
            () => RegistrationJson.Write(most.Repaint(most.Term, 1, Painted.Ids(ColouringCodec.NodesMax + 1)), Painted.Id(1)));
        // One more red in the right place: wrong for nothing but the number.
        var text = Encoding.UTF8.GetString(bytes);
        Refused(Encoding.UTF8.GetBytes(text[..^2] + ",\"" + new string('f', 2 * NodeId.Length) + "\":\"red\"}}"), Painted.Id(1));
    }

    [Fact]
    public void So_many_bytes_and_no_more()
    {
        var padded = Text + new string(' ', RegistrationJson.LengthMax - Text.Length);
        Read(padded, asking, sample, Colour.Red);
        Refused(Encoding.UTF8.GetBytes(padded + " "));
    }

    private static void Read(string text, NodeId who, Colouring colouring, Colour colour)
    {
        Assert.Equal(ReadStatus.Done, RegistrationJson.TryRead(Encoding.UTF8.GetBytes(text), who, out var read, out var own));
        Assert.Equal((colouring, colour), (read, own));
    }

    private static void Refused(byte[] bytes, NodeId? who = null)
    {
        Assert.Equal(ReadStatus.Malformed, RegistrationJson.TryRead(bytes, who ?? asking, out var colouring, out var own));
        Assert.Equal((null, Colour.None), (colouring, own));
    }
}
