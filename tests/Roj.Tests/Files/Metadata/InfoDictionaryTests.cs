using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Metadata;
using Xunit;

namespace Roj.Tests.Files.Metadata;

public sealed class InfoDictionaryTests
{
    private static readonly byte[] TwoDigests = [.. Enumerable.Range(0, 40).Select(i => (byte)i)];

    [Fact]
    public void Writes_the_dictionary_of_BEP_3()
    {
        var info = InfoDictionary.Create("a.bin", 5, 4, TwoDigests);

        byte[] expected = [.. "d6:lengthi5e4:name5:a.bin12:piece lengthi4e6:pieces40:"u8, .. TwoDigests, .. "e"u8];
        Assert.Equal(expected, info.Bytes.ToArray());
        Assert.Equal(Sha1Digest.Of(expected), info.InfoHash);
        Assert.Equal(("a.bin", 5L, 4, 2), (info.Name, info.Length, info.PieceLength, info.PieceCount));
        Assert.Equal(Sha1Digest.Read(TwoDigests.AsSpan(20)), info.Hash(1));
        Assert.Equal((4, 1), (info.PieceSize(0), info.PieceSize(1)));
        Assert.Equal((0L, 4L), (info.Offset(0), info.Offset(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => info.Hash(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => info.PieceSize(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => info.Offset(2));
    }

    [Fact]
    public void Keeps_what_it_does_not_know()
    {
        byte[] bytes = [.. "d6:lengthi5e4:name5:a.bin12:piece lengthi4e6:pieces40:"u8, .. TwoDigests, .. "7:privatei1ee"u8];

        Assert.True(InfoDictionary.TryRead(bytes, out var info));
        Assert.Equal(bytes, info.Bytes.ToArray());
        Assert.Equal(Sha1Digest.Of(bytes), info.InfoHash);
        Assert.Equal(Sha1Digest.Read(TwoDigests), info.Hash(0));
        Assert.Equal(Sha1Digest.Read(TwoDigests.AsSpan(20)), info.Hash(1));

        var renamed = info.Renamed("b.bin");
        Assert.Equal(("b.bin", info.Hash(1)), (renamed.Name, renamed.Hash(1)));
        Assert.NotEqual(info.InfoHash, renamed.InfoHash);
        Assert.Equal(InfoDictionary.Create("a.bin", 5, 4, TwoDigests).InfoHash, renamed.Renamed("a.bin").InfoHash);
    }

    [Fact]
    public void Reads_keys_out_of_order()
    {
        byte[] bytes = [.. "d6:pieces40:"u8, .. TwoDigests, .. "12:piece lengthi4e4:name5:a.bin6:lengthi5ee"u8];
        Assert.True(InfoDictionary.TryRead(bytes, out var info));
        Assert.Equal(Sha1Digest.Read(TwoDigests.AsSpan(20)), info.Hash(1));
    }

    [Theory]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:e", 0)]
    [InlineData("d6:lengthi1e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae", 1)]
    [InlineData("d6:lengthi1e4:name1:a12:piece lengthi1073741824e6:pieces20:aaaaaaaaaaaaaaaaaaaae", 1)]
    public void Reads(string text, int pieces)
    {
        Assert.True(InfoDictionary.TryRead(Hex.Latin(text), out var info));
        Assert.Equal(pieces, info.PieceCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("de")]
    [InlineData("d4:name1:a12:piece lengthi1e6:pieces0:e")] // no length
    [InlineData("d6:lengthi0e12:piece lengthi1e6:pieces0:e")] // no name
    [InlineData("d6:lengthi0e4:name1:a6:pieces0:e")] // no piece length
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1ee")] // no pieces
    [InlineData("d6:lengthi-1e4:name1:a12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:length1:04:name1:a12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi9007199254740993e4:name1:a12:piece lengthi1073741824e6:pieces0:e")]
    [InlineData("d6:lengthi9223372036854775807e4:name1:a12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi99999999999999999999e4:name1:a12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi0e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi-1e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1073741825e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name2:..12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name3:a/b12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name0:12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name1:\u00FF12:piece lengthi1e6:pieces0:e")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae")] // one too many
    [InlineData("d6:lengthi2e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae")] // one too few
    [InlineData("d6:lengthi1e4:name1:a12:piece lengthi1e6:pieces19:aaaaaaaaaaaaaaaaaaae")]
    [InlineData("d5:filesle6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:e")] // several files
    [InlineData("d5:filesld6:lengthi1e4:pathl1:beee4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:e ")] // something behind
    [InlineData("d6:lengthi0e6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:e")] // twice
    public void Refuses(string text)
    {
        Assert.False(InfoDictionary.TryRead(Hex.Latin(text), out var info));
        Assert.Null(info);
    }

    [Theory]
    [InlineData(InfoDictionary.PieceCountMax, true)]
    [InlineData(InfoDictionary.PieceCountMax + 1, false)]
    public void The_number_of_pieces_is_limited(int pieces, bool right)
    {
        var digests = new byte[pieces * Sha1Digest.Length];
        byte[] bytes =
        [
            .. Encoding.ASCII.GetBytes($"d6:lengthi{pieces}e4:name1:a12:piece lengthi1e6:pieces{digests.Length}:"), .. digests, .. "e"u8,
        ];
        Assert.Equal(right, InfoDictionary.TryRead(bytes, out var info));
        if (right)
            Assert.Equal(InfoDictionary.Create("a", pieces, 1, digests).InfoHash, info!.InfoHash);
        else
            Assert.Throws<ArgumentException>(() => InfoDictionary.Create("a", pieces, 1, digests));
    }

    [Fact]
    public void The_bytes_are_limited()
    {
        Assert.True(InfoDictionary.TryRead(Padded(InfoDictionary.BytesMax), out _));
        Assert.False(InfoDictionary.TryRead(Padded(InfoDictionary.BytesMax + 1), out _));

        static byte[] Padded(int length)
        {
            var bytes = new byte[length];
            var head = Encoding.ASCII.GetBytes($"d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:1:z{length - 62}:");
            head.CopyTo(bytes, 0);
            bytes[^1] = (byte)'e';
            return bytes;
        }
    }

    [Theory]
    [InlineData("", 0, 1, 0)]
    [InlineData("a/b", 0, 1, 0)]
    [InlineData("a", -1, 1, 0)]
    [InlineData("a", InfoDictionary.LengthMax + 1, InfoDictionary.PieceLengthMax, 0)]
    [InlineData("a", 0, 0, 0)]
    [InlineData("a", 0, InfoDictionary.PieceLengthMax + 1, 0)]
    [InlineData("a", 1, 1, 0)]
    [InlineData("a", 1, 1, 19)]
    [InlineData("a", 1, 1, 40)]
    public void Create_refuses_the_callers_mistakes(string name, long length, int pieceLength, int pieces) =>
        Assert.ThrowsAny<ArgumentException>(() => InfoDictionary.Create(name, length, pieceLength, new byte[pieces]));

    [Fact]
    public void What_is_created_is_read_back()
    {
        var any =
            from length in Gen.Choose(0, 5000)
            from pieceLength in Gen.Choose(1, 700)
            from fill in Gen.Choose(0, 255)
            select (length, pieceLength, fill);
        Prop.ForAll(any.ToArbitrary(), given =>
        {
            var count = (int)InfoDictionary.CountPieces(given.length, given.pieceLength);
            var digests = new byte[count * Sha1Digest.Length];
            Array.Fill(digests, (byte)given.fill);
            var made = InfoDictionary.Create("data.bin", given.length, given.pieceLength, digests);
            return InfoDictionary.TryRead(made.Bytes, out var read) &&
                read.InfoHash == made.InfoHash &&
                (read.Name, read.Length, read.PieceLength, read.PieceCount) == ("data.bin", given.length, given.pieceLength, count) &&
                Enumerable.Range(0, count).Sum(read.PieceSize) == given.length &&
                Enumerable.Range(0, count).All(piece => read.Hash(piece) == made.Hash(piece));
        }).QuickCheckThrowOnFailure();
    }
}
