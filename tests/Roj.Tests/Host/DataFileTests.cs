using Roj.Files.Wire;
using Roj.Host.Disk;
using Xunit;

namespace Roj.Tests.Host;

public class DataFileTests
{
    private const int ChunkBytes = 256 * 1024; // what a piece is hashed and copied in

    [Fact]
    public void A_file_that_is_missing_is_made_as_long_as_described()
    {
        using var folder = new ScratchFolder();
        using var data = new DataFile(folder.At("data"), Shared.Describe(Shared.Random(10), 4));
        Assert.Equal(0, data.LengthBefore);
        Assert.Equal(10, new FileInfo(folder.At("data")).Length);
    }

    [Theory]
    [InlineData(25)] // longer: cut
    [InlineData(7)] // shorter: extended
    [InlineData(0)]
    public void What_is_there_and_right_is_kept(int length)
    {
        using var folder = new ScratchFolder();
        var bytes = Shared.Random(10);
        var before = length < 10 ? bytes[..length] : [.. bytes, .. new byte[length - 10]];
        folder.Put("data", before);
        using var data = new DataFile(folder.At("data"), Shared.Describe(bytes, 4));
        Assert.Equal(length, data.LengthBefore);
        var after = length >= 10 ? bytes : [.. before, .. new byte[10 - length]];
        Assert.Equal(after, File.ReadAllBytes(folder.At("data")));
        Assert.Equal([length >= 4, length >= 8, length >= 10], new[] { data.Verify(0), data.Verify(1), data.Verify(2) });
    }

    [Fact]
    public void A_file_of_the_right_length_is_not_written_to()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("data", Shared.Random(10));
        var longAgo = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, longAgo);
        using (var data = new DataFile(path, Shared.Describe(Shared.Random(10), 4)))
            Assert.True(data.Verify(2));
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(ChunkBytes - 1)]
    [InlineData(ChunkBytes)]
    [InlineData(ChunkBytes + 1)]
    [InlineData((3 * ChunkBytes) + 7)]
    public void A_piece_of_any_size_is_right_only_if_every_byte_is(int pieceLength)
    {
        using var folder = new ScratchFolder();
        var bytes = Shared.Random((2 * pieceLength) + ((pieceLength + 1) / 2)); // the last one short, unless it has one byte
        var path = folder.Put("data", bytes);
        var info = Shared.Describe(bytes, pieceLength);
        using var data = new DataFile(path, info);
        for (var piece = 0; piece < info.PieceCount; piece++)
        {
            var (first, last) = (piece * pieceLength, Math.Min((piece + 1) * pieceLength, bytes.Length) - 1);
            Assert.True(data.Verify(piece));
            foreach (var at in new[] { first, (first + last) / 2, last })
            {
                Poke(path, at, (byte)~bytes[at]);
                Assert.False(data.Verify(piece), $"with byte {at} wrong");
                Poke(path, at, bytes[at]);
            }

            Assert.True(data.Verify(piece));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(ChunkBytes)]
    [InlineData((2 * ChunkBytes) + 1)]
    public void A_piece_is_copied_over_an_equal_one_and_nothing_else_is_touched(int pieceLength)
    {
        using var folder = new ScratchFolder();
        var piece = Shared.Random(pieceLength);
        byte[] whole = [.. piece, .. Shared.Random(pieceLength, seed: 2), .. piece, .. "end"u8];
        byte[] holed = [.. whole[..(2 * pieceLength)], .. new byte[pieceLength], .. "end"u8];
        var path = folder.Put("data", holed);
        using var data = new DataFile(path, Shared.Describe(whole, pieceLength));
        Assert.False(data.Verify(2));
        Assert.True(data.Copy(0, 2));
        Assert.Equal(whole, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_copy_of_what_is_wrong_itself_is_not_right()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("data", "wrong?"u8);
        using var data = new DataFile(path, Shared.Describe("abcabc"u8, 3));
        Assert.False(data.Copy(0, 1));
    }

    [Fact]
    public void Blocks_are_written_and_read_at_their_places_up_to_the_last_byte()
    {
        using var folder = new ScratchFolder();
        var bytes = Shared.Random(10);
        using var data = new DataFile(folder.At("data"), Shared.Describe(bytes, 4));
        data.Write(new Block(2, 0, 2), bytes.AsSpan(8, 2));
        data.Write(new Block(0, 1, 3), bytes.AsSpan(1, 3));
        data.Write(new Block(0, 0, 1), bytes.AsSpan(0, 1));
        data.Write(new Block(1, 0, 4), bytes.AsSpan(4, 4));
        Assert.Equal(bytes, File.ReadAllBytes(folder.At("data")));

        var last = new byte[1];
        Assert.True(data.TryRead(new Block(2, 1, 1), last));
        Assert.Equal(bytes[9], last[0]);
        Assert.True(data.TryRead(new Block(2, 2, 0), []));
        Assert.False(data.TryRead(new Block(2, 1, 2), new byte[2])); // one byte behind the end
    }

    [Fact]
    public void A_file_that_somebody_cuts_meanwhile_is_missing_bytes_until_they_are_written_again()
    {
        using var folder = new ScratchFolder();
        var bytes = Shared.Random(10);
        var path = folder.Put("data", bytes);
        using var data = new DataFile(path, Shared.Describe(bytes, 4));
        using (var other = ScratchFolder.Share(path))
            other.SetLength(5);
        Assert.True(data.Verify(0));
        Assert.False(data.Verify(1));
        Assert.False(data.Copy(1, 0));
        Assert.False(data.TryRead(new Block(1, 0, 4), new byte[4]));
        Assert.True(data.TryRead(new Block(1, 0, 1), new byte[1]));

        data.Write(new Block(0, 0, 4), bytes.AsSpan(0, 4));
        data.Write(new Block(1, 0, 4), bytes.AsSpan(4, 4));
        data.Write(new Block(2, 0, 2), bytes.AsSpan(8, 2));
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData((2 * ChunkBytes) + 1)]
    public void What_was_never_written_is_zeros_without_being_read(int pieceLength)
    {
        using var folder = new ScratchFolder();
        var zeros = new byte[(2 * pieceLength) + 5]; // a short last piece has another hash
        using (var data = new DataFile(folder.At("zeros"), Shared.Describe(zeros, pieceLength)))
            Assert.All([0, 1, 2], piece => Assert.True(data.Check(piece)));

        byte[] mixed = [.. new byte[pieceLength], .. Shared.Random(pieceLength), .. new byte[4], 1];
        var info = Shared.Describe(mixed, pieceLength);
        using (var data = new DataFile(folder.At("mixed"), info))
        {
            Assert.Equal([true, false, false], Enumerable.Range(0, 3).Select(data.Check));
            data.Write(new Block(1, 0, pieceLength), mixed.AsSpan(pieceLength, pieceLength));
            Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(data.Check));
            // A byte at the very end of a hole.
            data.Write(new Block(2, 4, 1), mixed.AsSpan(^1..));
            Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(data.Check));
        }

        using var again = new DataFile(folder.At("mixed"), info);
        Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(again.Check));
    }

    [Fact]
    public void What_others_write_is_noticed_once_and_what_we_write_is_not()
    {
        using var folder = new ScratchFolder();
        var bytes = Shared.Random(10);
        var path = folder.Put("data", bytes);
        using var data = new DataFile(path, Shared.Describe(bytes, 4));
        Assert.False(data.WasChanged());
        data.Write(new Block(0, 0, 4), bytes.AsSpan(0, 4));
        Assert.False(data.WasChanged());
        Assert.False(data.WasChanged());

        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.True(data.WasChanged());
        Assert.False(data.WasChanged());

        // Cut while we write: the length tells.
        data.Write(new Block(0, 0, 4), bytes.AsSpan(0, 4));
        using (var other = ScratchFolder.Share(path))
            other.SetLength(5);
        Assert.True(data.WasChanged());
    }

    [Fact]
    public void A_file_of_no_bytes_has_no_pieces()
    {
        using var folder = new ScratchFolder();
        folder.Put("data", "junk"u8);
        using var data = new DataFile(folder.At("data"), Shared.Describe([], 1));
        Assert.Equal(4, data.LengthBefore);
        Assert.Equal(0, new FileInfo(folder.At("data")).Length);
    }

    [Theory]
    [InlineData("folder", "Is a directory")]
    [InlineData("nowhere/data", "No such file or directory")]
    [InlineData("file/data", "No such file or directory")]
    public void A_place_where_no_file_can_be_is_named_with_its_reason(string name, string reason)
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.At("folder"));
        folder.Put("file", "junk"u8);
        var thrown = Assert.Throws<DataFileException>(() => DataFile.CheckPlace(folder.At(name)));
        Assert.Equal($"cannot open {folder.At(name)}: {reason}", thrown.Message);
        Assert.Throws<DataFileException>(() => new DataFile(folder.At(name), Shared.Describe("abc"u8, 3)));
        Assert.Equal(["file", "folder"], folder.Names());
    }

    [Fact]
    public void Looking_at_a_place_makes_and_changes_nothing()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("data", "old"u8);
        DataFile.CheckPlace(path);
        DataFile.CheckPlace(folder.At("missing"));
        Assert.Equal(["data"], folder.Names());
        Assert.Equal("old", File.ReadAllText(path));
    }

    private static void Poke(string path, int at, byte value)
    {
        using var file = ScratchFolder.Share(path);
        file.Position = at;
        file.WriteByte(value);
    }
}
