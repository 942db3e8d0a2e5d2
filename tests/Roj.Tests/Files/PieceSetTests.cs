using FsCheck;
using FsCheck.Fluent;
using Roj.Files;
using Xunit;

namespace Roj.Tests.Files;

public sealed class PieceSetTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "80")]
    [InlineData(7, "FE")]
    [InlineData(8, "FF")]
    [InlineData(9, "FF80")]
    [InlineData(15, "FFFE")]
    [InlineData(16, "FFFF")]
    [InlineData(17, "FFFF80")]
    public void A_full_set_leaves_the_spare_bits_zero(int pieces, string bits)
    {
        var set = new PieceSet(pieces);
        set.Fill();

        Assert.Equal(bits, Convert.ToHexString(set.ToBitfield()));
        Assert.True(set.IsFull);
        Assert.Equal(pieces, set.Count);
        Assert.True(PieceSet.TryRead(Hex.Bytes(bits), pieces, out var read));
        Assert.True(read.IsFull);
    }

    [Theory]
    [InlineData(0, new int[0], "")]
    [InlineData(3, new int[0], "000")]
    [InlineData(3, new[] { 1 }, "0f0")]
    [InlineData(64, new[] { 0, 63 }, "f00000000000000000000000000000000000000000000000000000000000000f")]
    [InlineData(65, new[] { 64 }, "0000000000000000000000000000000000000000000000000000000000000007")] // the last of 64 stretches has two
    [InlineData(128, new[] { 0, 1, 2 }, "f700000000000000000000000000000000000000000000000000000000000000")]
    public void A_sketch_says_roughly_which_are_in(int pieces, int[] which, string sketch) =>
        Assert.Equal(sketch, Swarming.Pieces(pieces, which).Sketch());

    [Fact]
    public void A_sketch_never_says_none_or_all_where_it_is_not()
    {
        var set = Swarming.Pieces(6400, 0);
        Assert.Equal('1', set.Sketch()[0]); // one of a hundred
        set.Fill();
        Assert.Equal(new string('f', PieceSet.SketchMax), set.Sketch());
        set.Remove(0);
        Assert.Equal('e', set.Sketch()[0]);
    }

    [Theory]
    [InlineData(1, "40")]
    [InlineData(1, "01")]
    [InlineData(7, "01")]
    [InlineData(7, "FF")]
    [InlineData(9, "0040")]
    [InlineData(9, "FFFF")]
    [InlineData(15, "0001")]
    public void A_spare_bit_is_refused(int pieces, string bits) => Assert.False(PieceSet.TryRead(Hex.Bytes(bits), pieces, out _));

    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "")]
    [InlineData(8, "")]
    [InlineData(8, "FF00")]
    [InlineData(9, "FF")]
    [InlineData(9, "FF8000")]
    public void A_bitfield_of_another_length_is_refused(int pieces, string bits) =>
        Assert.False(PieceSet.TryRead(Hex.Bytes(bits), pieces, out _));

    [Fact]
    public void The_first_piece_is_the_top_bit_of_the_first_byte()
    {
        Assert.Equal("8100C0", Convert.ToHexString(Swarming.Pieces(24, 0, 7, 16, 17).ToBitfield()));
        Assert.True(PieceSet.TryRead(Hex.Bytes("8100C0"), 24, out var read));
        Assert.Equal([0, 7, 16, 17], Enumerable.Range(0, 24).Where(read.Has));
    }

    [Fact]
    public void A_piece_that_the_file_does_not_have_is_never_in()
    {
        var set = new PieceSet(9);
        set.Fill();
        foreach (var piece in new[] { -1, 9, 15, 16, int.MinValue, int.MaxValue })
        {
            Assert.False(set.Has(piece));
            Assert.False(set.Remove(piece));
            Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(piece));
        }

        Assert.Equal(9, set.Count);
    }

    [Fact]
    public void What_was_read_or_written_is_a_copy()
    {
        var bits = Hex.Bytes("80");
        Assert.True(PieceSet.TryRead(bits, 8, out var set));
        bits[0] = 0;
        set.ToBitfield()[0] = 0;
        Assert.True(set.Has(0));
    }

    [Fact]
    public void It_is_a_set() => Prop.ForAll(Operations.ToArbitrary(), run =>
    {
        var (count, operations) = run;
        var set = new PieceSet(count);
        var twin = new SortedSet<int>();
        foreach (var (add, number) in operations)
        {
            var piece = number % count;
            if ((add ? set.Add(piece) : set.Remove(piece)) != (add ? twin.Add(piece) : twin.Remove(piece)))
                return false;
        }

        return set.Count == twin.Count && set.IsFull == (twin.Count == count)
            && Enumerable.Range(-1, count + 2).All(piece => set.Has(piece) == twin.Contains(piece))
            && PieceSet.TryRead(set.ToBitfield(), count, out var read) && read.Count == set.Count
            && read.ToBitfield().AsSpan().SequenceEqual(set.ToBitfield());
    }).QuickCheckThrowOnFailure();

    private static Gen<(int Count, (bool Add, int Piece)[] Operations)> Operations =>
        from count in Gen.Choose(1, 40)
        from operations in (from add in Gen.Elements(true, true, false) from piece in Gen.Choose(0, 1000) select (add, piece)).ArrayOf()
        select (count, operations);
}
