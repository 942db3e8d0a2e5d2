using System.Globalization;
using Roj.Storage;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>Which calls are under way together, in which order replies leave, and who waits for whom.</summary>
public sealed class RespPipelineTests
{
    [Fact]
    public void Replies_leave_in_the_order_of_the_commands()
    {
        var client = new RespClient();
        Assert.Equal(3, client.Ask("GET a", "PING", "GET b", "ECHO x", "GET c").Count);
        client.Answer(2, Value("c"));
        Assert.Empty(client.Hear());
        client.Answer(0, Value("a"));
        Assert.Equal("$1\r\na\r\n+PONG\r\n", client.Hear());
        client.Answer(0, Value("b"));
        Assert.Equal("$1\r\nb\r\n$1\r\nx\r\n$1\r\nc\r\n", client.Hear());
    }

    [Fact]
    public void Readings_wait_for_writings_and_writings_for_readings()
    {
        var client = new RespClient();
        Assert.Equal(2, client.Ask("GET a", "GET b", "SET a 1", "SET b 1", "GET a").Count);
        client.Answer(0);
        Assert.Empty(client.Take());
        client.Answer(0);
        Assert.Equal(2, client.Take().Count);
        client.Answer(1);
        Assert.Empty(client.Take());
        client.Answer(0);
        Assert.Single(client.Take());
        client.Answer(0);
        Assert.Equal("$-1\r\n$-1\r\n+OK\r\n+OK\r\n$1\r\n1\r\n", client.Hear());
    }

    [Theory]
    [InlineData("SET a 1", "SET a 2")]
    [InlineData("INCR a", "INCR a")]
    [InlineData("SET a 1", "DEL b a")]
    [InlineData("MSET b 1 a 2", "EXPIRE a 10")]
    public void Writings_of_one_key_are_one_after_the_other(string first, string second)
    {
        var client = new RespClient();
        client.Ask(first, second);
        while (client.UnderWay.Count > 0)
        {
            var keys = client.UnderWay.Select(call => call.Call.Subject!.Value).ToList();
            Assert.Equal(keys.Count, keys.Select(key => key.ToString()).Distinct().Count());
            client.Answer(client.UnderWay.Count - 1);
            client.Take();
        }
    }

    [Fact]
    public void Writings_of_one_name_in_two_databases_are_of_two_keys()
    {
        var client = new RespClient();
        Assert.Equal(2, client.Ask("SET a 1", "SELECT 1", "SET a 2").Count);
    }

    [Fact]
    public void The_last_of_two_values_for_one_key_stays()
    {
        var client = new RespClient();
        Assert.Equal("+OK\r\n$1\r\n2\r\n:1\r\n:2\r\n:2\r\n", client.Say("MSET a 1 a 2", "GET a", "DEL a a", "INCRBY a 2", "EXISTS a a"));
    }

    [Fact]
    public void Clearing_is_alone()
    {
        var client = new RespClient();
        Assert.Single(client.Ask("SET a 1", "FLUSHDB", "SET b 1"));
        client.Answer(0);
        Assert.IsType<StorageCall.Clear>(Assert.Single(client.Take()).Call);
        client.Answer(0);
        Assert.IsType<StorageCall.Write>(Assert.Single(client.Take()).Call);
    }

    [Fact]
    public void A_database_is_cleared_only_where_it_was_chosen()
    {
        var client = new RespClient();
        client.Say("SET a 1", "SELECT 2", "SET a 1", "FLUSHDB");
        Assert.Equal(":0\r\n+OK\r\n:1\r\n+OK\r\n:0\r\n", client.Say("DBSIZE", "SELECT 0", "DBSIZE", "FLUSHALL", "DBSIZE"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(100)]
    public void No_more_calls_are_under_way_than_may_be(int most)
    {
        var client = new RespClient(new RespSettings { CallsMax = most });
        Assert.Equal(most, client.Ask([.. Enumerable.Repeat("GET a", 200)]).Count);
        for (var i = 0; i < 200; i++)
        {
            client.Answer(0);
            client.Take();
            Assert.Equal(Math.Min(most, 199 - i), client.UnderWay.Count);
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("$-1\r\n", 200)), client.Hear());
    }

    [Fact]
    public void Many_keys_of_one_command_are_asked_for_as_many_at_a_time()
    {
        var client = new RespClient(new RespSettings { CallsMax = 8 });
        var keys = Enumerable.Range(0, 100).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        client.Say([.. keys.Select(key => $"SET {key} {key}")]);
        Assert.Equal(8, client.Ask("MGET " + string.Join(' ', keys)).Count);
        while (client.UnderWay.Count > 0)
        {
            client.Answer(client.UnderWay.Count / 2);
            client.Take();
            Assert.InRange(client.UnderWay.Count, 0, 8);
        }

        Assert.Equal("*100\r\n" + string.Concat(keys.Select(key => $"${key.Length}\r\n{key}\r\n")), client.Hear());
    }

    [Fact]
    public void Who_does_not_listen_is_not_heard()
    {
        var client = new RespClient();
        client.Say("SET a " + new string('v', 1000));
        var gets = RespClient.Bytes(string.Concat(Enumerable.Repeat(RespClient.Command("GET a"), 1000)));
        var sent = 0;
        while (client.Session.WantsInput)
        {
            client.Session.Receive(gets);
            sent += 1000;
            while (client.Session.TryTake(0, out var call))
                client.Session.Answer(0, call, Value(new string('v', 1000)));
            Assert.InRange(sent, 0, 10_000);
        }

        Assert.InRange(client.Session.Waiting, RespSession.OutputBytesMax, RespSession.OutputBytesMax + 1100);
        var heard = 0;
        while (client.Session.Output.Length > 0)
        {
            heard += client.Hear().Length;
            while (client.Session.TryTake(0, out var call))
                client.Session.Answer(0, call, Value(new string('v', 1000)));
        }

        Assert.Equal(sent * 1009, heard);
        Assert.True(client.Session.WantsInput);
    }

    [Fact]
    public void Replies_that_wait_for_an_earlier_one_count_as_well()
    {
        var client = new RespClient();
        client.Ask("GET a");
        var echo = RespClient.Bytes(RespClient.Command("ECHO", new string('x', 100_000)));
        var sent = 0;
        while (client.Session.WantsInput && sent < 100)
        {
            client.Session.Receive(echo);
            client.Take();
            sent++;
        }

        Assert.InRange(sent, 10, 13);
        Assert.InRange(client.Session.Waiting, RespSession.OutputBytesMax, RespSession.OutputBytesMax + 200_000);
        client.Answer(0);
        Assert.InRange(client.Hear().Length, RespSession.OutputBytesMax, RespSession.OutputBytesMax + 200_000);
    }

    [Fact]
    public void Large_answers_are_asked_for_a_few_at_a_time()
    {
        var client = new RespClient();
        client.Ask("GET a");
        client.Answer(0, Value(new string('v', 1024 * 1024)));
        client.Hear();
        Assert.Equal(8, client.Ask([.. Enumerable.Repeat("GET a", 100)]).Count);
    }

    [Fact]
    public void Large_values_are_written_a_few_at_a_time()
    {
        var client = new RespClient();
        var large = new string('v', 8 * 1024 * 1024);
        Assert.Equal(4, client.Ask([.. Enumerable.Range(0, 8).Select(i => $"SET {i} {large}")]).Count);
        for (var i = 8; i > 0; i--)
        {
            client.Answer(0);
            client.Take();
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("+OK\r\n", 8)), client.Hear());
    }

    [Fact]
    public void A_command_that_comes_slowly_is_waited_for_however_long_it_is()
    {
        var client = new RespClient();
        var said = RespClient.Bytes(RespClient.Command("SET", "a", new string('v', 3 * 1024 * 1024)));
        foreach (var piece in said.Chunk(50_000))
        {
            Assert.True(client.Session.WantsInput);
            client.Session.Receive(piece);
            client.Work();
        }

        Assert.Equal(":3145728\r\n", client.Say("STRLEN a"));
    }

    [Fact]
    public void What_is_on_its_way_out_stays_as_it_is()
    {
        var client = new RespClient();
        client.Session.Receive(RespClient.Bytes(RespClient.Command("ECHO 0123456789")));
        client.Take();
        var output = client.Session.Output;
        var copy = output.ToArray();
        client.Session.Receive(RespClient.Bytes(RespClient.Command("ECHO", new string('x', 100_000)) + RespClient.Command("PING")));
        client.Take();
        Assert.True(output.Span.SequenceEqual(copy));
        client.Session.Sent(3);
        Assert.EndsWith("+PONG\r\n", client.Hear(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_answered_at_once_costs_little_but_the_key()
    {
        var session = new RespSession(new RespSettings(), new RespFacts());
        var said = RespClient.Bytes(string.Concat(Enumerable.Repeat(RespClient.Command("GET key:000000012345"), 100)));
        var value = Value("abc");
        Say(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Say(10);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 128); // the name, and the call

        void Say(int times)
        {
            for (var i = 0; i < times; i++)
            {
                session.Receive(said);
                while (session.TryTake(0, out var call))
                    session.Answer(0, call, value);
                session.Sent(session.Output.Length);
            }
        }
    }

    [Fact]
    public void Who_rests_loses_nothing()
    {
        var said = string.Concat(new[] { "SET a 1", "GET a", "ECHO " + new string('x', 70_000), "GET a" }.Select(RespClient.Command));
        var whole = new RespClient().Send(said);
        foreach (var cut in Enumerable.Range(0, 80).Append(100).Append(70_050).Append(said.Length))
        {
            var client = new RespClient();
            client.Session.Receive(RespClient.Bytes(said[..cut]));
            client.Session.Rest();
            var heard = client.Work();
            client.Session.Rest();
            Assert.Equal(whole, heard + client.Send(said[cut..]));
        }

        var asking = new RespClient();
        asking.Ask("GET a", "PING", "MGET a b");
        asking.Session.Rest();
        asking.Answer(0);
        asking.Session.Rest();
        asking.Take();
        while (asking.UnderWay.Count > 0)
            asking.Answer(0);
        Assert.Equal("$-1\r\n+PONG\r\n*2\r\n$-1\r\n$-1\r\n", asking.Hear());
    }

    private static StorageAnswer.Value Value(string text) => new(RespClient.Bytes(text));
}
