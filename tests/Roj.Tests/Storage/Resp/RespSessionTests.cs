using Roj.Agreement;
using Roj.Storage;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>What a client says and is told, with a store that answers at once.</summary>
public sealed class RespSessionTests
{
    private static readonly string[] singles =
        ["SET a 1", "INCR a", "GET a", "DEL a", "DBSIZE", "KEYS *", "SCAN 0", "TTL a", "FLUSHDB", "MGET a", "EXISTS a", "MSET a 1"];

    [Fact]
    public void A_value_is_written_and_read()
    {
        var client = new RespClient();
        Assert.Equal("$-1\r\n+OK\r\n$1\r\n1\r\n", client.Say("GET a", "SET a 1", "GET a"));
    }

    [Fact]
    public void Replies_are_the_same_however_the_commands_are_torn()
    {
        var said = string.Concat(
            new[] { "SET a 1", "APPEND a 23", "MGET a b", "NOPE x", "GET a", "DEL a a", "KEYS *" }.Select(RespClient.Command));
        var whole = new RespClient().Send(said);
        for (var cut = 0; cut <= said.Length; cut++)
        {
            var client = new RespClient();
            Assert.Equal(whole, client.Send(said[..cut]) + client.Send(said[cut..]));
        }

        var slow = new RespClient();
        Assert.Equal(whole, string.Concat(said.Select(letter => slow.Send($"{letter}"))));
    }

    [Theory]
    [InlineData("SET {0} 1")]
    [InlineData("GET {0}")]
    [InlineData("DEL a {0}")]
    [InlineData("MSET a 1 {0} 2")]
    [InlineData("MGET a {0}")]
    [InlineData("INCR {0}")]
    [InlineData("EXPIRE {0} 1")]
    [InlineData("TTL {0}")]
    [InlineData("GETRANGE {0} 0 1")]
    public void A_key_has_one_byte_to_so_many(string command)
    {
        var client = new RespClient();
        Assert.Equal("-ERR a key has 1 to 65536 bytes, not 0\r\n", client.Say(command.Replace("{0}", "", StringComparison.Ordinal)));
        var most = new string('k', StorageLimits.KeyBytesMax);
        Assert.DoesNotContain("bytes", client.Say(command.Replace("{0}", most, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(
            "-ERR a key has 1 to 65536 bytes, not 65537\r\n", client.Say(command.Replace("{0}", most + "k", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("SET a {0}")]
    [InlineData("SETNX b {0}")]
    [InlineData("SETEX a 1 {0}")]
    [InlineData("GETSET a {0}")]
    [InlineData("MSET b 1 a {0}")]
    [InlineData("APPEND c {0}")]
    public void A_value_has_at_most_so_many_bytes(string command)
    {
        var client = new RespClient();
        var most = new string('v', StorageLimits.ValueBytesMax);
        Assert.DoesNotContain("-ERR", client.Say(command.Replace("{0}", most, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(
            "-ERR a value has at most 16777216 bytes, not 16777217\r\n+PONG\r\n",
            client.Say(command.Replace("{0}", most + "v", StringComparison.Ordinal), "PING"));
    }

    [Theory]
    [InlineData("KEYS {0}")]
    [InlineData("SCAN 0 MATCH {0}")]
    public void A_pattern_has_at_most_so_many_bytes(string command)
    {
        var client = new RespClient();
        var most = new string('*', StorageLimits.PatternBytesMax);
        Assert.StartsWith("*", client.Say(command.Replace("{0}", most, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(
            "-ERR a pattern has at most 4096 bytes, not 4097\r\n",
            client.Say(command.Replace("{0}", most + "*", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_value_that_would_grow_too_long_stays()
    {
        var client = new RespClient();
        client.Say("SET a " + new string('v', StorageLimits.ValueBytesMax));
        Assert.Equal(
            "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n:16777216\r\n", client.Say("APPEND a x", "STRLEN a"));
    }

    [Fact]
    public void Times_to_live_count_from_when_it_is_said()
    {
        var client = new RespClient { Now = 5_000 };
        Assert.Equal("+OK\r\n:10\r\n:10000\r\n:15000\r\n", client.Say("SET a 1 EX 10", "TTL a", "PTTL a", "PEXPIRETIME a"));
        client.Now = 14_501;
        Assert.Equal(":0\r\n:499\r\n$1\r\n1\r\n", client.Say("TTL a", "PTTL a", "GET a"));
        client.Now = 15_000;
        Assert.Equal("$-1\r\n:-2\r\n:0\r\n", client.Say("GET a", "TTL a", "DBSIZE"));
    }

    [Theory]
    [InlineData(Applied.No, "-ERR nobody is there\r\n")]
    [InlineData(Applied.Unknown, "-UNKNOWN nobody is there\r\n")]
    [InlineData(Applied.Yes, "-APPLIED nobody is there\r\n")]
    public void What_may_have_been_done_is_never_an_ERR(Applied applied, string reply)
    {
        foreach (var command in singles)
        {
            var client = new RespClient();
            client.Ask(command);
            client.Answer(0, new StorageAnswer.Failed(StorageFault.TimedOut, "nobody is there", applied));
            Assert.Equal(reply, client.Hear());
        }
    }

    [Fact]
    public void What_was_done_in_part_is_no_ERR_either()
    {
        var client = new RespClient();
        client.Ask("MSET a 1 b 2");
        client.Answer(0);
        client.Answer(0, new StorageAnswer.Failed(StorageFault.NoQuorum, "nobody is there", Applied.No));
        Assert.Equal("-UNKNOWN a part of the keys was written, then: nobody is there\r\n", client.Hear());

        client.Ask("MSET a 1 b 2");
        client.Answer(1, new StorageAnswer.Failed(StorageFault.NoQuorum, "nobody is there", Applied.No));
        client.Answer(0, new StorageAnswer.Failed(StorageFault.TimedOut, "nobody said", Applied.Unknown));
        Assert.Equal("-UNKNOWN nobody said\r\n", client.Hear());

        client.Ask("DEL a b");
        client.Answer(0);
        client.Answer(0, new StorageAnswer.Failed(StorageFault.TimedOut, "nobody said more", Applied.Yes));
        Assert.Equal("-APPLIED nobody said more\r\n", client.Hear());

        client.Ask("DEL a b");
        client.Answer(0, new StorageAnswer.Failed(StorageFault.TimedOut, "nobody said more", Applied.Yes));
        client.Answer(0, new StorageAnswer.Failed(StorageFault.NoServer, "nobody has it", Applied.No));
        Assert.Equal("-UNKNOWN a part of the keys was written, then: nobody has it\r\n", client.Hear());

        client.Ask("MGET a b");
        client.Answer(0);
        client.Answer(0, new StorageAnswer.Failed(StorageFault.NoServer, "nobody has it", Applied.No));
        Assert.Equal("-NOSERVER nobody has it\r\n", client.Hear());
    }

    [Fact]
    public void Keys_are_listed_page_by_page_each_once()
    {
        var client = new RespClient();
        Assert.Single(client.Ask("KEYS *", "GET a"));
        Assert.Equal(new StorageCall.List(0, 0, 1024), client.UnderWay[0].Call);
        client.Answer(0, new StorageAnswer.Keys(7, [RespClient.Bytes("b"), RespClient.Bytes("a")]));
        Assert.Equal(new StorageCall.List(0, 7, 1024), Assert.Single(client.Take()).Call);
        client.Answer(0, new StorageAnswer.Keys(0, [RespClient.Bytes("b")]));
        Assert.Equal("*2\r\n$1\r\na\r\n$1\r\nb\r\n", client.Hear());
        Assert.Single(client.Take());
        client.Answer(0);
        Assert.Equal("$-1\r\n", client.Hear());
    }

    [Fact]
    public void More_than_can_be_answered_at_once_is_refused()
    {
        var client = new RespClient();
        var page = Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[StorageLimits.KeyBytesMax], 1024).ToArray();
        client.Ask("KEYS *");
        client.Answer(0, new StorageAnswer.Keys(1, page));
        Assert.Equal("-ERR the names have more than 33554432 bytes together: use SCAN\r\n", client.Hear());
        Assert.Empty(client.Take());

        client.Ask("MGET a b c");
        for (var i = 0; i < 3; i++)
        {
            client.Take();
            client.Answer(0, new StorageAnswer.Value(new byte[StorageLimits.ValueBytesMax]));
        }

        Assert.Equal("-ERR the values have more than 33554432 bytes together: ask for fewer at a time\r\n", client.Hear());
        Assert.Equal("+PONG\r\n", client.Say("PING"));
    }

    [Fact]
    public void Version_3_says_nothing_and_pairs_in_its_own_way()
    {
        var client = new RespClient();
        Assert.StartsWith("%7\r\n$6\r\nserver\r\n", client.Say("HELLO 3"), StringComparison.Ordinal);
        Assert.Equal("_\r\n*1\r\n_\r\n%1\r\n$9\r\ndatabases\r\n$2\r\n16\r\n", client.Say("GET a", "MGET a", "CONFIG GET databases"));
        Assert.StartsWith("=", client.Say("INFO"), StringComparison.Ordinal);
        Assert.Equal("+RESET\r\n$-1\r\n", client.Say("RESET", "GET a"));
    }

    [Fact]
    public void Replies_before_a_greeting_are_in_the_version_before()
    {
        var client = new RespClient();
        client.Ask("GET a", "HELLO 3", "GET b");
        client.Answer(1);
        Assert.Empty(client.Hear());
        client.Answer(0);
        Assert.Matches(@"^\$-1\r\n%7\r\n(.|\r\n)*\r\n_\r\n$", client.Hear());
    }

    [Fact]
    public void Who_is_over_is_not_heard()
    {
        var client = new RespClient();
        client.Ask("GET a", "QUIT", "SET a 1");
        Assert.False(client.Session.IsOver); // the first has no reply yet
        client.Answer(0);
        Assert.Equal("$-1\r\n+OK\r\n", client.Hear());
        Assert.True(client.Session.IsOver);
        Assert.False(client.Session.WantsInput);
        Assert.Equal("", client.Say("GET a"));
    }

    [Fact]
    public void Info_says_what_the_host_knows()
    {
        var client = new RespClient(facts: new RespFacts { Version = "1.2.3", Mode = "available", Port = 6379, Keys = [5, 0, 7] });
        var info = client.Say("INFO");
        Assert.Contains("redis_version:7.0.15\r\n", info, StringComparison.Ordinal);
        Assert.Contains("roj_version:1.2.3\r\n", info, StringComparison.Ordinal);
        Assert.Contains("roj_mode:available\r\n", info, StringComparison.Ordinal);
        Assert.Contains("db0:keys=5,expires=0,avg_ttl=0\r\ndb2:keys=7,expires=0,avg_ttl=0\r\n", info, StringComparison.Ordinal);
        Assert.Contains("role:master\r\n", client.Say("INFO replication"), StringComparison.Ordinal);
        Assert.DoesNotContain("redis_version", client.Say("INFO replication"), StringComparison.Ordinal);
        Assert.Equal("$0\r\n\r\n", client.Say("INFO nope"));
        client.Session.Facts = new RespFacts { Port = 1 };
        Assert.Contains("tcp_port:1\r\n", client.Say("INFO server"), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_posts_is_no_client()
    {
        string[] posted =
            ["POST / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /\r\nSET a 1\r\n", "Host: x\r\nSET a 1\r\n", RespClient.Command("host: x")];
        foreach (var said in posted)
        {
            var client = new RespClient();
            Assert.Equal("-ERR Protocol error: this is no HTTP server\r\n", client.Send(said));
            Assert.True(client.Session.IsOver);
        }
    }
}
