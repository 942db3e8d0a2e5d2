using Roj.Files;
using Roj.Files.Metadata;
using Xunit;

namespace Roj.Tests.Files;

public sealed class EarlyHavesTests
{
    private readonly EarlyHaves early = new();

    [Fact]
    public void Nothing_said_is_nothing_had() => Assert.Equal([], Settled(9)!);

    [Fact]
    public void Pieces_and_bitfield_add_up()
    {
        early.Add(Hex.Bytes("8080"));
        Assert.True(early.Add(3));
        Assert.True(early.Add(0));
        Assert.Equal([0, 3, 8], Settled(9)!);
    }

    [Fact]
    public void Have_all_is_all_of_whatever_it_turns_out_to_be()
    {
        early.AddAll();
        Assert.Equal(Enumerable.Range(0, 11), Settled(11)!);
    }

    [Fact]
    public void A_piece_must_fit_the_file()
    {
        early.Add(8);
        Assert.Equal([8], Settled(9)!);
        early.Add(9);
        Assert.Null(Settled(9));
    }

    [Theory]
    [InlineData("FF", 9)]
    [InlineData("FFFF", 9)]
    [InlineData("FF8000", 9)]
    public void A_bitfield_must_fit_the_file(string bits, int pieces)
    {
        early.Add(Hex.Bytes(bits));
        Assert.Null(Settled(pieces));
    }

    [Fact]
    public void A_piece_that_no_file_has_is_a_breach()
    {
        Assert.True(early.Add(InfoDictionary.PieceCountMax - 1));
        Assert.False(early.Add(InfoDictionary.PieceCountMax));
        Assert.False(early.Add(int.MaxValue));
    }

    [Fact]
    public void A_bitfield_that_no_file_has_is_a_breach()
    {
        Assert.True(early.Add(new byte[InfoDictionary.PieceCountMax / 8]));
        Assert.False(early.Add(new byte[(InfoDictionary.PieceCountMax / 8) + 1]));
    }

    [Fact]
    public void It_takes_a_bit_a_piece_however_often_it_is_said()
    {
        for (var i = 0; i < 1_000_000; i++)
            early.Add(i % 1000);
        Assert.InRange(early.Size, 125, 128);
        early.Add(InfoDictionary.PieceCountMax - 1);
        early.Add(new byte[100]);
        Assert.Equal(256 * 1024, early.Size);
    }

    private IEnumerable<int>? Settled(int pieces) =>
        early.TrySettle(pieces, out var set) ? Enumerable.Range(0, pieces).Where(set.Has) : null;
}
