using System.Net;
using System.Net.Sockets;
using Roj.Host;
using Roj.Host.Http;
using Roj.Host.Net;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>The node's own address, and the loopback's beside it. Here the own one is of the loopback too: tests have no other.</summary>
public sealed class TwoPlacesTests
{
    private const string Own = "127.0.0.9";
    private const string Loopback = "127.0.0.1";

    [Theory]
    [InlineData("192.168.7.11:7070", "127.0.0.1:7070")]
    [InlineData("8.8.8.8:1", "127.0.0.1:1")]
    [InlineData("127.0.0.1:7070", null)]
    [InlineData("127.0.0.2:7070", null)] // one of several on this machine
    [InlineData("127.255.255.255:7070", null)]
    [InlineData("0.0.0.0:7070", null)] // all of them
    [InlineData("192.168.7.11:0", null)]
    public void The_loopback_is_added_where_it_is_the_nodes_alone(string own, string? also) =>
        Assert.Equal(also, ApiOptions.LoopbackBeside(IPEndPoint.Parse(own).ToRoj())?.ToString());

    [Fact]
    public async Task Both_are_asked_each_by_its_own_name()
    {
        await using var api = await StartAsync(FreePort());
        Assert.Null(api.Trouble);
        Assert.Equal(200, await api.StatusAsync(Own, Own));
        Assert.Equal(200, await api.StatusAsync(Loopback, Loopback));
        Assert.Equal(200, await api.StatusAsync(Loopback, "localhost"));
        Assert.Equal(200, await api.StatusAsync(Loopback, "earth"));
        Assert.Equal(403, await api.StatusAsync(Own, Loopback)); // called so it would be there
        Assert.Equal(403, await api.StatusAsync(Loopback, Own));
        Assert.Equal(403, await api.StatusAsync(Loopback, "evil.example")); // rebound
        Assert.Equal(200, await api.StatusAsync(Loopback, Loopback, "DELETE", "/api/v1/members/pluto"));
    }

    [Fact]
    public async Task One_address_has_as_many_connections_at_both_together_as_at_one()
    {
        await using var api = await StartAsync(FreePort());
        List<Socket> held = [];
        for (var i = 0; i < ApiOptions.ConnectionsPerAddressMax; i++)
        {
            held.Add(await api.CallAsync(Loopback, i % 2 == 0 ? Own : Loopback));
            await held[^1].SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            Assert.NotEqual(0, await held[^1].ReceiveAsync(new byte[4096])); // it is in
        }

        Assert.Equal(0, await api.StatusAsync(Own, Own));
        Assert.Equal(0, await api.StatusAsync(Loopback, Loopback));
        Assert.Equal(200, await api.StatusAsync(Own, Own, from: "127.0.0.3"));
        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Where_another_has_the_loopbacks_port_the_node_does_without()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = (ushort)((IPEndPoint)other.LocalEndpoint).Port;
        await using var api = await StartAsync(port);
        Assert.Equal($"HTTP can't listen on {Loopback}:{port} too: Address already in use", api.Trouble);
        Assert.Equal(port, api.Port);
        Assert.Equal(200, await api.StatusAsync(Own, Own));
    }

    [Fact]
    public async Task Where_the_own_port_is_taken_the_loopbacks_is_no_help()
    {
        using var other = new TcpListener(IPAddress.Parse(Own), 0);
        other.Start();
        var port = (ushort)((IPEndPoint)other.LocalEndpoint).Port;
        var refused = await Assert.ThrowsAsync<SyncException>(() => StartAsync(port));
        Assert.Equal($"HTTP can't listen on {Own}:{port}: Address already in use", refused.Message);
        using var free = new TcpListener(IPAddress.Loopback, port);
        free.Start(); // nothing is left there
    }

    private static Task<RunningApi> StartAsync(ushort port) => RunningApi.StartAsync(options => options with
    {
        Listen = new Endpoint(0x7F000009, port),
        Also = new Endpoint(0x7F000001, port),
    });

    private static ushort FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
