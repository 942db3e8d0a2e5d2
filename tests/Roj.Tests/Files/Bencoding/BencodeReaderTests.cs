using System.Text;
using Roj.Files.Bencoding;
using Xunit;

namespace Roj.Tests.Files.Bencoding;

public sealed class BencodeReaderTests
{
    [Theory]
    [InlineData("i0e", 0)]
    [InlineData("i42e", 42)]
    [InlineData("i-42e", -42)]
    [InlineData("i9223372036854775807e", long.MaxValue)]
    [InlineData("i-9223372036854775808e", long.MinValue)]
    public void Reads_integers(string text, long expected)
    {
        var reader = new BencodeReader(Hex.Latin(text));

        Assert.Equal(BencodeKind.Integer, reader.Next);
        Assert.Equal(expected, reader.Integer());
        Assert.False(reader.Failed);
        Assert.Equal(BencodeKind.None, reader.Next);
    }

    [Theory]
    [InlineData("0:", "")]
    [InlineData("4:spam", "spam")]
    [InlineData("10:0123456789", "0123456789")]
    public void Reads_byte_strings(string text, string expected)
    {
        var reader = new BencodeReader(Hex.Latin(text));

        Assert.Equal(BencodeKind.Bytes, reader.Next);
        Assert.Equal(expected, Encoding.Latin1.GetString(reader.Bytes()));
        Assert.False(reader.Failed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("e")]
    [InlineData("x")]
    [InlineData("-1:a")]
    [InlineData("ie")]
    [InlineData("i-e")]
    [InlineData("i-0e")]
    [InlineData("i00e")]
    [InlineData("i042e")]
    [InlineData("i-042e")]
    [InlineData("i+1e")]
    [InlineData("i 1e")]
    [InlineData("i1")]
    [InlineData("i1x")]
    [InlineData("i1.5e")]
    [InlineData("4")]
    [InlineData("4:spa")]
    [InlineData("04:spam")]
    [InlineData("00:")]
    [InlineData("4spam")]
    [InlineData("2147483648:x")]
    [InlineData("99999999999999999999:x")]
    [InlineData("l")]
    [InlineData("li1e")]
    [InlineData("li01ee")]
    [InlineData("d")]
    [InlineData("d1:a")]
    [InlineData("d1:ae")]
    [InlineData("di1ei1ee")]
    [InlineData("d1:ai1e")]
    [InlineData("d1:ai1e1:ai2ee")]
    [InlineData("d1:bi1e1:ai1e1:bi2ee")]
    [InlineData("d1:bi1e1:ad1:ci1e1:ci1eee")]
    [InlineData("ld1:bi1e1:ai1e1:bi2eee")]
    public void Refuses_what_is_no_bencoding(string text)
    {
        var raw = new BencodeReader(Hex.Latin(text));
        raw.Skip();
        Assert.True(raw.Failed);

        var entered = new BencodeReader(Hex.Latin(text));
        if (entered.Next == BencodeKind.Dictionary)
            entered.EnterDictionary();
        else
            entered.EnterList();
        Assert.True(entered.Failed);
        Assert.True(entered.Rest.IsEmpty);
    }

    [Fact]
    public void Every_beginning_of_a_value_is_refused()
    {
        var bytes = Hex.Latin("d4:listl0:i-1ed1:xi1eee3:numi7e6:string3:abce");
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = new BencodeReader(bytes.AsSpan(0, length));
            reader.Skip();
            Assert.True(reader.Failed, $"{length} bytes");
        }
    }

    [Fact]
    public void Walks_dictionaries_and_lists()
    {
        var reader = new BencodeReader(Hex.Latin("d4:listl1:ai5ee3:numi7e4:skipd1:xleee9"));
        var seen = new List<string>();
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            seen.Add(Encoding.Latin1.GetString(key));
            switch (reader.Next)
            {
                case BencodeKind.List:
                    reader.EnterList();
                    Assert.True(reader.NextItem());
                    Assert.Equal("a"u8, reader.Bytes());
                    Assert.True(reader.NextItem());
                    Assert.Equal(5, reader.Integer());
                    Assert.False(reader.NextItem());
                    break;
                case BencodeKind.Integer:
                    Assert.Equal(7, reader.Integer(7, 7));
                    break;
                default:
                    Assert.Equal("d1:xlee"u8, reader.Raw());
                    break;
            }
        }

        Assert.False(reader.Failed);
        Assert.Equal(["list", "num", "skip"], seen);
        Assert.Equal("9"u8, reader.Rest);
    }

    [Fact]
    public void A_failed_reader_stays_failed()
    {
        var reader = new BencodeReader("d1:ai1e1:b1:ce"u8);
        reader.EnterDictionary();
        Assert.True(reader.NextKey(out _));
        Assert.True(reader.Bytes().IsEmpty); // it is a number

        Assert.True(reader.Failed);
        Assert.False(reader.NextKey(out _));
        Assert.Equal(0, reader.Integer());
        Assert.True(reader.Raw().IsEmpty);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void A_number_out_of_range_fails(int number, bool right)
    {
        var reader = new BencodeReader(Hex.Latin($"i{number}e"));
        Assert.Equal(right ? number : 0, reader.Integer(1, 9));
        Assert.Equal(!right, reader.Failed);
    }

    [Theory]
    [InlineData("i9223372036854775808e")]
    [InlineData("i-9223372036854775809e")]
    [InlineData("i123456789012345678901234567890e")]
    public void A_number_beyond_64_bits_can_be_skipped_but_not_read(string text)
    {
        var skipping = new BencodeReader(Hex.Latin(text));
        skipping.Skip();
        Assert.False(skipping.Failed);

        var reading = new BencodeReader(Hex.Latin(text));
        reading.Integer();
        Assert.True(reading.Failed);
    }

    [Theory]
    [InlineData(BencodeReader.DepthMax, true)]
    [InlineData(BencodeReader.DepthMax + 1, false)]
    [InlineData(10_000, false)]
    public void Nesting_is_limited(int depth, bool right)
    {
        var lists = new BencodeReader(Hex.Latin(new string('l', depth) + new string('e', depth)));
        lists.Skip();
        Assert.Equal(right, !lists.Failed);

        var begins = string.Concat(Enumerable.Repeat("d1:a", depth - 1));
        var dictionaries = new BencodeReader(Hex.Latin($"{begins}de{new string('e', depth - 1)}"));
        dictionaries.Skip();
        Assert.Equal(right, !dictionaries.Failed);
    }

    [Theory]
    [InlineData(BencodeReader.UnorderedKeysMax, true)]
    [InlineData(BencodeReader.UnorderedKeysMax + 1, false)]
    public void Keys_out_of_order_are_limited(int keys, bool right)
    {
        var members = Enumerable.Range(1000, keys).Reverse().Select(key => $"4:{key}0:");
        var reader = new BencodeReader(Hex.Latin($"d{string.Concat(members)}e"));
        reader.Skip();
        Assert.Equal(right, !reader.Failed);
    }

    [Fact]
    public void Keys_in_order_are_not_limited()
    {
        var members = Enumerable.Range(10_000, 50_000).Select(key => $"5:{key}0:");
        var reader = new BencodeReader(Hex.Latin($"d{string.Concat(members)}e"));
        reader.Skip();
        Assert.False(reader.Failed);
    }

    [Fact]
    public void Unordered_dictionaries_within_each_other_cost_no_power_of_two()
    {
        // At each depth a sloppy dictionary: were each checked again by each around it, this would take 2^31 walks.
        var text = "de";
        for (var depth = 1; depth < BencodeReader.DepthMax; depth++)
            text = $"d1:b{text}1:a0:e";
        var reader = new BencodeReader(Hex.Latin(text));
        reader.Skip();
        Assert.False(reader.Failed);
    }

    [Fact]
    public void Ends_and_keys_have_no_place_outside()
    {
        var end = new BencodeReader("e"u8);
        Assert.Equal(BencodeKind.None, end.Next);
        Assert.False(end.NextItem());
        Assert.True(end.Failed);

        var key = new BencodeReader("1:a"u8);
        Assert.False(key.NextKey(out _));
        Assert.True(key.Failed);
    }
}
