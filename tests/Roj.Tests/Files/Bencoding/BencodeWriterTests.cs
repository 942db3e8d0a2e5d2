using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Bencoding;
using Xunit;

namespace Roj.Tests.Files.Bencoding;

public sealed class BencodeWriterTests
{
    [Fact]
    public void Writes_what_BEP_3_shows()
    {
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key("cow"u8);
        writer.Bytes("moo"u8);
        writer.Key("spam"u8);
        writer.BeginList();
        writer.Integer(-3);
        writer.Integer(long.MinValue);
        writer.Raw("d1:ai0ee"u8);
        writer.Bytes([]);
        writer.End();
        writer.End();

        Assert.Equal("d3:cow3:moo4:spamli-3ei-9223372036854775808ed1:ai0ee0:ee", Encoding.Latin1.GetString(writer.ToArray()));
    }

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", "a")]
    [InlineData("aa", "a")]
    [InlineData("\u00FF", "z")]
    public void Keys_come_in_order_and_once(string first, string second)
    {
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key(Hex.Latin(first));
        writer.Integer(1);
        Assert.Throws<InvalidOperationException>(() => writer.Key(Hex.Latin(second)));
    }

    [Fact]
    public void Values_keys_and_ends_have_their_places()
    {
        var writer = new BencodeWriter();
        Assert.Throws<InvalidOperationException>(writer.End);
        Assert.Throws<InvalidOperationException>(() => writer.Key("a"u8));
        writer.BeginDictionary();
        Assert.Throws<InvalidOperationException>(() => writer.Integer(1));
        Assert.Throws<InvalidOperationException>(() => writer.ToArray());
        writer.Key("a"u8);
        Assert.Throws<InvalidOperationException>(() => writer.Key("b"u8));
        Assert.Throws<InvalidOperationException>(writer.End);
        writer.BeginList();
        Assert.Throws<InvalidOperationException>(() => writer.Key("b"u8));
        Assert.Throws<ArgumentException>(() => writer.Raw("i1"u8));
        Assert.Throws<ArgumentException>(() => writer.Raw("i1ei2e"u8));
        Assert.Throws<ArgumentException>(() => writer.Raw([]));
        writer.End();
        writer.End();

        Assert.Equal("d1:alee"u8, writer.ToArray());
    }

    [Fact]
    public void What_is_written_is_read_back() => Prop.ForAll(Tree.Any.ToArbitrary(), tree =>
    {
        var writer = new BencodeWriter();
        tree.Write(writer);
        var reader = new BencodeReader(writer.Written);
        var read = Tree.Read(ref reader);
        var again = new BencodeWriter();
        read.Write(again);
        return !reader.Failed && reader.Rest.IsEmpty && again.Written.SequenceEqual(writer.Written);
    }).QuickCheckThrowOnFailure();

    /// <summary>Any bencoded value.</summary>
    private abstract record Tree
    {
        internal static Gen<Tree> Any => Gen.Sized(size => OfSize(Math.Min(size, 40)));

        internal static Tree Read(ref BencodeReader reader)
        {
            switch (reader.Next)
            {
                case BencodeKind.Integer:
                    return new Number(reader.Integer());
                case BencodeKind.Bytes:
                    return new Text(reader.Bytes().ToArray());
                case BencodeKind.List:
                    reader.EnterList();
                    var items = new List<Tree>();
                    while (reader.NextItem())
                        items.Add(Read(ref reader));
                    return new Items(items);
                default:
                    reader.EnterDictionary();
                    var members = new SortedDictionary<string, Tree>(StringComparer.Ordinal);
                    while (reader.NextKey(out var key))
                        members.Add(Encoding.Latin1.GetString(key), Read(ref reader));
                    return new Members(members);
            }
        }

        internal abstract void Write(BencodeWriter writer);

        private static Gen<Tree> OfSize(int size)
        {
            var number = ArbMap.Default.GeneratorFor<long>().Select(Tree (value) => new Number(value));
            var text = ArbMap.Default.GeneratorFor<byte[]>().Select(Tree (value) => new Text(value));
            if (size == 0)
                return Gen.OneOf(number, text);
            var inner = OfSize(size / 4);
            var items = inner.ListOf().Select(Tree (values) => new Items(values));
            var members = inner.ListOf().Select(Tree (values) => new Members(Name(values)));
            return Gen.OneOf(number, text, items, members);
        }

        private static SortedDictionary<string, Tree> Name(IEnumerable<Tree> values)
        {
            var members = new SortedDictionary<string, Tree>(StringComparer.Ordinal);
            foreach (var value in values)
                members.Add($"{(char)(members.Count * 37 % 256)}{members.Count}", value);
            return members;
        }

        private sealed record Number(long Value) : Tree
        {
            internal override void Write(BencodeWriter writer) => writer.Integer(Value);
        }

        private sealed record Text(byte[] Value) : Tree
        {
            internal override void Write(BencodeWriter writer) => writer.Bytes(Value);
        }

        private sealed record Items(IReadOnlyList<Tree> Values) : Tree
        {
            internal override void Write(BencodeWriter writer)
            {
                writer.BeginList();
                foreach (var value in Values)
                    value.Write(writer);
                writer.End();
            }
        }

        private sealed record Members(SortedDictionary<string, Tree> Values) : Tree
        {
            internal override void Write(BencodeWriter writer)
            {
                writer.BeginDictionary();
                foreach (var (key, value) in Values)
                {
                    writer.Key(Hex.Latin(key));
                    value.Write(writer);
                }

                writer.End();
            }
        }
    }
}
