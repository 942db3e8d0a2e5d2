using System.Text;
using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>Commands in what comes: whole, torn, at each limit and one past it.</summary>
public sealed class RespReaderTests
{
    private const string Some =
        "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$12\r\n0123456789\r\n\r\n*0\r\n"
        + "*1\r\n$0\r\n\r\nGET  a\r\n\r\n\nSET \"a b\" 'c'\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n";

    private static readonly string[] words = ["SET|a|0123456789\r\n", "", "GET|a", "SET|a b|c", "GET|a"];

    [Fact]
    public void Commands_are_the_same_however_they_are_torn_in_two()
    {
        for (var cut = 0; cut <= Some.Length; cut++)
            Assert.Equal(words, Read(Some[..cut], Some[cut..]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Commands_are_the_same_in_small_pieces(int size) =>
        Assert.Equal(words, Read([.. Some.Chunk(size).Select(piece => new string(piece))]));

    [Fact]
    public void Many_commands_go_through_a_buffer_that_does_not_grow()
    {
        var reader = new RespReader();
        var random = new Rng(1);
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(RespClient.Command("SET a 0123456789"), 1000)));
        var read = 0;
        for (var at = 0; at < piece.Length;)
        {
            var size = Math.Min(random.Next(1, 200), piece.Length - at);
            reader.Append(piece.AsSpan(at, size));
            at += size;
            while (reader.TryRead() is ReadStatus.Done)
            {
                Assert.Equal("0123456789"u8, reader[2]);
                read++;
            }
        }

        Assert.Equal(1000, read);
    }

    [Theory]
    [InlineData("*x\r\n", "invalid multibulk length")]
    [InlineData("*\r\n", "invalid multibulk length")]
    [InlineData("*-1\r\n", "invalid multibulk length")]
    [InlineData("*-2\r\n", "invalid multibulk length")]
    [InlineData("*2147483647\r\n", "invalid multibulk length")]
    [InlineData("*1048577\r\n", "invalid multibulk length")]
    [InlineData("*9223372036854775808\r\n", "invalid multibulk length")]
    [InlineData("*+1\r\n", "invalid multibulk length")]
    [InlineData("*1\rx", "invalid multibulk length")]
    [InlineData("*1\r\n$x\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$9223372036854775807\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$01\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$16842753\r\n", "invalid bulk length")]
    [InlineData("*1\r\nx", "expected '$', got 'x'")]
    [InlineData("*1\r\n\r", "expected '$', got ' '")]
    [InlineData("*1\r\n*1\r\n*1\r\n", "expected '$', got '*'")]
    [InlineData("*1\r\n$1\r\nabc", "expected CRLF after a bulk string")]
    [InlineData("*1\r\n$1\r\na\rc", "expected CRLF after a bulk string")]
    [InlineData("SET a \"b\r\n", "unbalanced quotes in request")]
    [InlineData("SET a \"b\"c\r\n", "unbalanced quotes in request")]
    [InlineData("SET a 'b\r\n", "unbalanced quotes in request")]
    [InlineData("GET / HTTP/1.1\r\n", "this is no HTTP server")]
    [InlineData("DELETE /a HTTP/2\n", "this is no HTTP server")]
    public void What_is_broken_is_said_once_and_nothing_is_read_after_it(string said, string error)
    {
        foreach (var before in new[] { "", RespClient.Command("PING") })
        {
            var reader = new RespReader();
            var read = 0;
            foreach (var letter in RespClient.Bytes(before + said + RespClient.Command("PING")))
            {
                reader.Append([letter]);
                while (reader.TryRead() is ReadStatus.Done)
                    read++;
            }

            Assert.Equal($"Protocol error: {error}", reader.Error);
            Assert.Equal(before.Length > 0 ? 1 : 0, read);
        }
    }

    [Fact]
    public void Nests_of_arrays_are_none()
    {
        var reader = new RespReader();
        reader.Append(RespClient.Bytes(string.Concat(Enumerable.Repeat("*1\r\n", 64))));
        Assert.Equal(ReadStatus.Malformed, reader.TryRead());
    }

    [Fact]
    public void A_million_empty_commands_and_lines_are_no_deeper_than_one() =>
        Assert.Equal(["PING"], Read(string.Concat(Enumerable.Repeat("*0\r\n\r\n\n", 1_000_000)) + "PING\r\n"));

    [Theory]
    [InlineData(RespReader.ArgumentsMax, true)]
    [InlineData(RespReader.ArgumentsMax + 1, false)]
    public void A_command_has_so_many_arguments(int count, bool isRead)
    {
        var reader = new RespReader();
        reader.Append(RespClient.Bytes($"*{count}\r\n"));
        Assert.Equal(isRead ? ReadStatus.NeedMore : ReadStatus.Malformed, reader.TryRead());
        if (!isRead)
            return;
        reader.Append(RespClient.Bytes(string.Concat(Enumerable.Repeat("$1\r\na\r\n", count))));
        Assert.Equal(ReadStatus.Done, reader.TryRead());
        Assert.Equal(count, reader.Count);
    }

    [Theory]
    [InlineData(RespReader.ArgumentBytesMax, true)]
    [InlineData(RespReader.ArgumentBytesMax + 1, false)]
    public void An_argument_has_so_many_bytes(int bytes, bool isRead)
    {
        var reader = new RespReader();
        reader.Append(RespClient.Bytes($"*1\r\n${bytes}\r\n"));
        Assert.Equal(isRead ? ReadStatus.NeedMore : ReadStatus.Malformed, reader.TryRead());
        if (!isRead)
            return;
        var piece = new byte[100_000];
        for (var sent = 0; sent < bytes; sent += piece.Length)
            reader.Append(piece.AsSpan(0, Math.Min(piece.Length, bytes - sent)));
        Assert.Equal(ReadStatus.NeedMore, reader.TryRead());
        reader.Append("\r\n"u8);
        Assert.Equal(ReadStatus.Done, reader.TryRead());
        Assert.Equal(bytes, reader[0].Length);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_command_has_so_many_bytes(int more, bool isRead)
    {
        var reader = new RespReader();
        const int First = StorageLimits.ValueBytesMax;
        var head = $"*2\r\n${First}\r\n";
        var second = RespReader.CommandBytesMax - head.Length - First - 2 - "$00000000\r\n".Length - 2 + more;
        reader.Append(RespClient.Bytes(head));
        reader.Append(new byte[First]);
        reader.Append(RespClient.Bytes($"\r\n${second}\r\n"));
        Assert.Equal(isRead ? ReadStatus.NeedMore : ReadStatus.Malformed, reader.TryRead());
    }

    [Theory]
    [InlineData(RespReader.LineBytesMax, true)]
    [InlineData(RespReader.LineBytesMax + 1, false)]
    public void A_line_has_so_many_bytes(int bytes, bool isRead)
    {
        var reader = new RespReader();
        reader.Append(RespClient.Bytes(new string('a', bytes)));
        Assert.Equal(isRead ? ReadStatus.NeedMore : ReadStatus.Malformed, reader.TryRead());
        reader.Append("\n"u8);
        Assert.Equal(isRead ? ReadStatus.Done : ReadStatus.Malformed, reader.TryRead());
    }

    [Theory]
    [InlineData("*10\r\n", ReadStatus.NeedMore)]
    [InlineData("*11\r\n", ReadStatus.Malformed)]
    [InlineData("*1\r\n$16384\r\n", ReadStatus.NeedMore)]
    [InlineData("*1\r\n$16385\r\n", ReadStatus.Malformed)]
    [InlineData("PING", ReadStatus.Malformed)]
    [InlineData("\r\n", ReadStatus.Malformed)]
    public void Strangers_say_little_and_nothing_but_arrays(string said, ReadStatus status)
    {
        var reader = new RespReader { IsTrusted = false };
        reader.Append(RespClient.Bytes(said));
        Assert.Equal(status, reader.TryRead());
    }

    [Theory]
    [InlineData("*", "too big mbulk count string")]
    [InlineData("*1\r\n$", "too big bulk count string")]
    public void A_length_that_does_not_end_is_given_up(string said, string error)
    {
        var reader = new RespReader();
        reader.Append(RespClient.Bytes(said + new string('1', 31)));
        Assert.Equal(ReadStatus.NeedMore, reader.TryRead());
        reader.Append("1"u8);
        Assert.Equal(ReadStatus.Malformed, reader.TryRead());
        Assert.Equal($"Protocol error: {error}", reader.Error);
    }

    [Fact]
    public void Nothing_is_taken_for_what_was_only_announced()
    {
        var reader = new RespReader();
        var said = RespClient.Bytes("*1048576\r\n$16777216\r\nabc");
        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Append(said);
        Assert.Equal(ReadStatus.NeedMore, reader.TryRead());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void No_memory_is_taken_for_commands_that_fit()
    {
        var reader = new RespReader();
        var said = RespClient.Bytes(RespClient.Command("SET key value"));
        Feed(10_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Feed(int times)
        {
            for (var i = 0; i < times; i++)
            {
                reader.Append(said);
                if (reader.TryRead() is not ReadStatus.Done)
                    throw new InvalidOperationException();
            }
        }
    }

    private static List<string> Read(params string[] pieces)
    {
        var reader = new RespReader();
        var read = new List<string>();
        foreach (var piece in pieces)
        {
            reader.Append(RespClient.Bytes(piece));
            while (reader.TryRead() is ReadStatus.Done)
                read.Add(string.Join('|', Enumerable.Range(0, reader.Count).Select(i => Encoding.Latin1.GetString(reader[i]))));
        }

        Assert.Null(reader.Error);
        return read;
    }
}
