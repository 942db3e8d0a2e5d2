using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>Who must say a password: what is heard of him before, and what he can cost.</summary>
public sealed class RespTrustTests
{
    private const string Denied = "-NOAUTH Authentication required.\r\n";
    private const string Wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

    [Fact]
    public void Nothing_is_done_before_the_password_is_said()
    {
        var client = RespClient.WithPassword("secret");
        foreach (var command in new[] { "GET a", "SET a 1", "PING", "INFO", "SELECT 1", "CLIENT ID", "COMMAND", "FLUSHALL", "MULTI" })
            Assert.Equal(command is "MULTI" ? "-NOAUTH Authentication required.\r\n" : Denied, client.Say(command));
        Assert.Equal(Wrong + Wrong + Wrong, client.Say("AUTH wrong", "AUTH other secret", "AUTH secret2"));
        Assert.Equal(Denied, client.Say("GET a"));
        Assert.False(client.Session.IsTrusted);
        Assert.Equal("+OK\r\n$-1\r\n", client.Say("AUTH secret", "GET a"));
        Assert.True(client.Session.IsTrusted);
        Assert.Equal("+RESET\r\n" + Denied, client.Say("RESET", "GET a"));
        Assert.Equal("+OK\r\n", client.Say("AUTH default secret"));
    }

    [Fact]
    public void A_greeting_may_bring_the_password_with_it()
    {
        var client = RespClient.WithPassword("secret");
        Assert.StartsWith("-NOAUTH HELLO must be called", client.Say("HELLO 3"), StringComparison.Ordinal);
        Assert.Equal(Wrong, client.Say("HELLO 3 AUTH default wrong"));
        Assert.StartsWith("%7\r\n", client.Say("HELLO 3 AUTH default secret SETNAME me"), StringComparison.Ordinal);
        Assert.Equal("$2\r\nme\r\n", client.Say("CLIENT GETNAME"));
    }

    [Theory]
    [InlineData("PING\r\n", "expected '*', got 'P'")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "expected '*', got 'G'")]
    [InlineData("\r\n", "expected '*', got ' '")]
    [InlineData("*11\r\n", "unauthenticated multibulk length")]
    [InlineData("*1\r\n$16385\r\n", "unauthenticated bulk length")]
    public void Strangers_say_little_and_only_in_arrays(string said, string error)
    {
        var client = RespClient.WithPassword("secret");
        Assert.Equal($"-ERR Protocol error: {error}\r\n", client.Send(said));
        Assert.True(client.Session.IsOver);
    }

    [Fact]
    public void Strangers_may_say_as_much_as_that()
    {
        var client = RespClient.WithPassword("secret");
        Assert.Equal(Denied, client.Say("DEL 1 2 3 4 5 6 7 8 9"));
        Assert.Equal(Denied, client.Say("GET " + new string('a', RespReader.StrangerArgumentBytesMax)));
    }

    [Fact]
    public void Who_has_said_it_may_say_more_in_the_same_breath()
    {
        var client = RespClient.WithPassword("secret");
        Assert.Equal(
            "+OK\r\n:0\r\n+PONG\r\n",
            client.Send(RespClient.Command("AUTH secret") + RespClient.Command("DEL 1 2 3 4 5 6 7 8 9 10 11 12") + "PING\r\n"));
    }

    [Fact]
    public void What_follows_MULTI_is_not_done()
    {
        var client = new RespClient();
        Assert.Equal(
            "+OK\r\n-ERR SET is refused after MULTI: a key is changed in one go, several are not\r\n"
            + "-EXECABORT Transaction discarded because of previous errors.\r\n$-1\r\n",
            client.Say("MULTI", "SET a 1", "EXEC", "GET a"));
        Assert.Equal("+OK\r\n*0\r\n+OK\r\n+OK\r\n-ERR EXEC without MULTI\r\n", client.Say("MULTI", "EXEC", "MULTI", "DISCARD", "EXEC"));
        Assert.Equal("+OK\r\n+RESET\r\n$-1\r\n", client.Say("MULTI", "RESET", "GET a"));
    }

    [Theory]
    [InlineData("SUBSCRIBE a", "-ERR SUBSCRIBE is refused: nothing is published here\r\n")]
    [InlineData("EVAL x 0", "-ERR EVAL is refused: no scripts are run here\r\n")]
    [InlineData("WATCH a", "-ERR WATCH is refused: a key is changed in one go, several are not\r\n")]
    [InlineData("CLUSTER NODES", "-ERR This instance has cluster support disabled\r\n")]
    [InlineData("CONFIG SET a b", "-ERR CONFIG SET is refused: a node is told its settings when it starts\r\n")]
    [InlineData("CLIENT KILL ID 3", "-ERR CLIENT KILL is refused: others' connections are theirs\r\n")]
    [InlineData("SENTINEL masters", "-ERR unknown command 'SENTINEL', with args beginning with: 'masters' \r\n")]
    [InlineData("CLIENT SETINFO lib-name x", "+OK\r\n")]
    public void What_is_not_to_be_had_is_refused_in_words(string said, string reply) =>
        Assert.Equal(reply, new RespClient().Say(said));
}
