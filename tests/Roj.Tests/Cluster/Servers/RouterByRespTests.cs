using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>A router of numbered servers takes whoever speaks the Redis protocol.</summary>
public sealed class RouterByRespTests
{
    [Fact]
    public async Task Whoever_speaks_RESP_is_a_client_too()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, cellar.Router.ClientPort, TestContext.Current.CancellationToken);
        await SaysAsync("PING", "+PONG");
        await SaysAsync("SET a 1", "+OK");
        await SaysAsync("SET b 2 EX 1000", "+OK");
        await SaysAsync("GET a", "$1\r\n1");
        await SaysAsync("DBSIZE", ":2");
        await SaysAsync("EXISTS a b c", ":2");
        await SaysAsync("DEL a", ":1");
        await SaysAsync("SET a 1 NX", "-ERR not in available mode: NX and XX look before they write");
        await SaysAsync("FLUSHDB", "+OK");
        await SaysAsync("DBSIZE", ":0");
        await cellar.StopAsync(0, 1, 2);
        await SaysAsync("GET b", "-NOSERVER no node that has a copy of the key can be reached");

        async Task SaysAsync(string said, string expected)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(said + "\r\n"));
            var heard = new byte[expected.Length + 2];
            for (var count = 0; count < heard.Length;)
            {
                var more = await socket.ReceiveAsync(heard.AsMemory(count)).AsTask()
                    .WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
                Assert.NotEqual(0, more);
                count += more;
            }

            Assert.Equal(expected + "\r\n", Encoding.ASCII.GetString(heard));
        }
    }
}
