using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Tests.Cli;

/// <summary>What others see of a node, on a loopback address; each of its organs can be ill.</summary>
internal sealed class FakeNode : IDisposable
{
    private readonly TcpListener http;
    private readonly UdpClient own;
    private readonly UdpClient broadcast = new() { ExclusiveAddressUse = false };
    private readonly int port;
    private SealGate? gate;

    /// <summary>A node at 127.0.0.<paramref name="number"/>, where the ports are free at all loopback addresses, as a rule.</summary>
    public FakeNode(int number, int port = 0)
    {
        var address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.0.{number}"));
        Id = new NodeId((UInt128)number);
        Address = address.ToString();
        http = new TcpListener(address, 0);
        http.Start();
        own = new UdpClient(new IPEndPoint(address, port));
        this.port = Port;
        broadcast.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        broadcast.Client.Bind(new IPEndPoint(IPAddress.Parse("127.255.255.255"), Port));
    }

    public NodeId Id { get; set; }

    public string Address { get; }

    public int Port => ((IPEndPoint)own.Client.LocalEndPoint!).Port;

    public string Url => $"http://{http.LocalEndpoint}";

    /// <summary>Whom it lists, with what it believes of them.</summary>
    public List<(FakeNode Node, string State)> Members { get; } = [];

    /// <summary>Whether broadcasts reach it.</summary>
    public bool HearsBroadcast { get; init; } = true;

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>How many hellos of another cluster it has refused.</summary>
    public int OtherCluster { get; init; }

    /// <summary>The cluster's key, if it has one: then it hears nobody without.</summary>
    public ClusterKey? Key { get; init; }

    /// <summary>Answers from now on.</summary>
    public FakeNode Run()
    {
        if (Key is not null)
            gate = new SealGate(new Seal(new ClusterKeys(Keyring.Of([Key])), Id.Value), () => default, HelloCodec.Length);
        _ = ServeAsync();
        _ = GreetAsync(own);
        if (HearsBroadcast)
            _ = GreetAsync(broadcast);
        return this;
    }

    public void Dispose()
    {
        http.Dispose();
        own.Dispose();
        broadcast.Dispose();
        gate?.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var caller = await http.AcceptSocketAsync();
                var request = new byte[8192];
                var length = await caller.ReceiveAsync(request);
                var body = Body(Encoding.ASCII.GetString(request, 0, length).Split(' ')[1]);
                var date = (DateTimeOffset.UtcNow + ClockAhead).ToString("R", CultureInfo.InvariantCulture);
                var head = $"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
                await caller.SendAsync(Encoding.ASCII.GetBytes(head));
                await caller.SendAsync(body);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private byte[] Body(string path) => path switch
    {
        "/api/v1/status" => JsonSerializer.SerializeToUtf8Bytes(
            new StatusView(Id.ToString(), Name, "roj", "available", "0.1.0", 1, Address, port), ApiJson.Default.StatusView),
        "/api/v1/members" => JsonSerializer.SerializeToUtf8Bytes(
            new MembersView("", [View("alive"), .. Members.Select(member => member.Node.View(member.State))]), ApiJson.Default.MembersView),
        "/api/v1/key" when Key is not null => JsonSerializer.SerializeToUtf8Bytes(
            new KeyView(0, [$"{Key.Id:x8}"], []), ApiJson.Default.KeyView),
        _ => Encoding.ASCII.GetBytes(
            $"roj_finding_refused_total{{reason=\"own_echo\"}} 1\nroj_finding_refused_total{{reason=\"other_cluster\"}} {OtherCluster}\n"),
    };

    private string Name => $"n{Address[^1]}";

    private MemberView View(string state) => new(
        Id.ToString(), Name, Address, port, state, 1, null, ["http"], ((IPEndPoint)http.LocalEndpoint).Port, null, "0.1.0");

    private async Task GreetAsync(UdpClient socket)
    {
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveAsync();
                if (Answer(asked) is { } answer)
                    await own.SendAsync(answer, asked.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private byte[]? Answer(UdpReceiveResult asked)
    {
        lock (http)
        {
            var from = asked.RemoteEndPoint.ToRoj();
            ReadOnlySpan<byte> said = asked.Buffer, introduction = default;
            if (gate?.In(from, asked.Buffer, out said, out introduction) == false)
                return introduction.IsEmpty ? null : introduction.ToArray();
            if (HelloCodec.TryRead(said, out var hello) != ReadStatus.Done || hello!.Kind != HelloKind.Ask)
                return null;
            var answer = new byte[HelloCodec.Length];
            var length = HelloCodec.Write(new Hello(HelloKind.Answer, "roj", Id, 7, hello.Boot, (ushort)port, 0, [], []), answer);
            return gate is null ? answer[..length] : gate.Out(from, answer.AsSpan(0, length)).ToArray();
        }
    }
}
