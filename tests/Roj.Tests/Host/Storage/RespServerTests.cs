using System.Globalization;
using Roj.Host.Security;
using Roj.Host.Storage;
using Roj.Storage;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Host.Storage;

/// <summary>The server of those who speak RESP, with either poller.</summary>
public class RespServerTests
{
    private const string Wrong = "*2\r\n$4\r\nAUTH\r\n$5\r\nwrong\r\n";
    private const string Refusal = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

    private static readonly TimeSpan tick = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_largest_value_is_read_whole(bool isEpoll)
    {
        using var rig = new RespRig(isEpoll);
        var value = new byte[StorageLimits.ValueBytesMax];
        Array.Fill(value, (byte)'x');
        rig.Keep("a", value);
        var client = rig.Come();
        RespRig.Say(client, "GET a\r\nPING\r\n");
        var header = $"${value.Length}\r\n";
        var heard = rig.Hear(client, header.Length + value.Length + "\r\n+PONG\r\n".Length);
        Assert.StartsWith(header, heard, StringComparison.Ordinal);
        Assert.EndsWith("x\r\n+PONG\r\n", heard, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_is_one_servers()
    {
        using var rig = new RespRig(isEpoll: true);
        using var poller = new SelectPoller();
        using var second = new RespServer(poller, null, (_, _) => { }, () => rig.At);
        Assert.Throws<System.Net.Sockets.SocketException>(() => second.Listen(rig.Where));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_takes_nothing_for_a_minute_is_hung_up_on(bool isEpoll)
    {
        using var rig = new RespRig(isEpoll);
        rig.Keep("a", new byte[StorageLimits.ValueBytesMax]);
        var client = rig.Come();
        RespRig.Say(client, "GET a\r\n");
        rig.Until(() => client.Available > 0);
        rig.Pass(TimeSpan.FromSeconds(1)); // what the kernel takes has been taken by now
        rig.Pass(RespConnection.Patience - TimeSpan.FromSeconds(1) - tick);
        Assert.Equal(1, rig.Server.Clients);
        _ = rig.Hear(client, 4 << 20); // he has taken something: from now on it counts
        rig.Pass(RespConnection.Patience - tick);
        Assert.Equal(1, rig.Server.Clients);
        rig.Pass(tick + TimeSpan.FromSeconds(1));
        Assert.Equal(0, rig.Server.Clients);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_owes_the_password_is_not_waited_for_long(bool isEpoll)
    {
        using var rig = new RespRig(isEpoll, "secret");
        rig.Come();
        var trusted = rig.Come();
        RespRig.Say(trusted, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n");
        Assert.Equal("+OK\r\n", rig.Hear(trusted, 5));
        rig.Pass(RespConnection.StrangerPatience - tick);
        Assert.Equal(2, rig.Server.Clients);
        rig.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, rig.Server.Clients);
        rig.Pass(TimeSpan.FromHours(1));
        Assert.Equal(1, rig.Server.Clients);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_stops_in_the_middle_of_a_command_is_hung_up_on_and_who_is_only_silent_is_not(bool isEpoll)
    {
        using var rig = new RespRig(isEpoll);
        var half = rig.Come();
        var silent = rig.Come();
        RespRig.Say(silent, "PING\r\n");
        Assert.Equal("+PONG\r\n", rig.Hear(silent, 7));
        RespRig.Say(half, "*2\r\n$3\r\nGET\r\n$100\r\nabc");
        rig.Pass(TimeSpan.Zero);
        rig.Pass(RespConnection.Patience - tick);
        Assert.Equal(2, rig.Server.Clients);
        RespRig.Say(half, "d");
        rig.Pass(TimeSpan.Zero);
        rig.Pass(RespConnection.Patience - tick);
        Assert.Equal(2, rig.Server.Clients);
        rig.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, rig.Server.Clients);
        rig.Pass(TimeSpan.FromDays(1));
        RespRig.Say(silent, "PING\r\n");
        Assert.Equal("+PONG\r\n", rig.Hear(silent, 7));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Guesses_beyond_some_are_heard_a_second_later(bool isEpoll)
    {
        using var rig = new RespRig(isEpoll, "secret");
        var (client, other) = (rig.Come(), rig.Come());
        RespRig.Say(client, string.Concat(Enumerable.Repeat(Wrong, GuessLimit.Usual + 1)));
        _ = rig.Hear(client, GuessLimit.Usual * Refusal.Length);
        RespRig.Say(other, Wrong); // from the same place
        for (var i = 0; i < 20; i++)
            rig.Pass(TimeSpan.Zero);
        Assert.Equal((0, 0), (client.Available, other.Available));
        rig.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(Refusal, rig.Hear(client, Refusal.Length));
        Assert.Equal(Refusal, rig.Hear(other, Refusal.Length));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clients_are_told_what_is_new(bool isEpoll)
    {
        using var rig = new RespRig(isEpoll);
        var client = rig.Come();
        rig.Server.Facts = new RespFacts { OtherCopies = 3 };
        RespRig.Say(client, "WAIT 1 0\r\n");
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $":{3}\r\n"), rig.Hear(client, 4));
    }
}
