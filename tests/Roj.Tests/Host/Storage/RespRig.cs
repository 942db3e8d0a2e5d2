using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Host.Storage;
using Roj.Kernel;
using Roj.Storage;
using Xunit;

namespace Roj.Tests.Host.Storage;

/// <summary>A server of clients over real sockets, whose time stands still unless it is moved; everything is on the test's own thread.
/// </summary>
internal sealed class RespRig : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<StorageKey, ReadOnlyMemory<byte>> kept = [];
    private readonly List<Socket> sockets = [];
    private readonly IPoller poller;

    public RespRig(bool isEpoll, string? password = null)
    {
        poller = isEpoll && OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();
        var secret = password is null ? default(ReadOnlyMemory<byte>?) : Encoding.ASCII.GetBytes(password);
        Server = new RespServer(poller, secret, Ask, () => At);
        Where = Server.Listen(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public RespServer Server { get; }

    public IPEndPoint Where { get; }

    public Moment At { get; private set; } = new(new Instant(TimeSpan.TicksPerDay), 1_700_000_000_000);

    public Socket Come()
    {
        var socket = new Socket(Where.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        sockets.Add(socket);
        var clients = Server.ClientsEver;
        socket.Connect(Where);
        socket.Blocking = false;
        Until(() => Server.ClientsEver > clients);
        return socket;
    }

    public void Keep(string key, ReadOnlyMemory<byte> value) => kept[new StorageKey(0, Encoding.ASCII.GetBytes(key))] = value;

    public static void Say(Socket socket, string said) => Assert.Equal(said.Length, socket.Send(Encoding.ASCII.GetBytes(said)));

    /// <summary>What a client hears until it is so much.</summary>
    public string Hear(Socket socket, int bytes)
    {
        var heard = new byte[bytes];
        var count = 0;
        Until(() =>
        {
            var one = socket.Receive(heard.AsSpan(count), SocketFlags.None, out _);
            count += one;
            return count == bytes;
        });
        return Encoding.ASCII.GetString(heard);
    }

    public void Pass(TimeSpan span)
    {
        At = new Moment(At.Now + span, At.Unix + (long)span.TotalMilliseconds);
        Turn();
        Turn();
    }

    public void Until(Func<bool> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < patience, "it did not come to that");
            Turn();
        }
    }

    public void Dispose()
    {
        foreach (var socket in sockets)
            socket.Dispose();
        Server.Dispose();
        poller.Dispose();
    }

    private void Turn()
    {
        poller.Wait(1);
        if (Server.Deadline <= At.Now)
            Server.Look();
        Server.Flush();
    }

    private void Ask(ulong id, StorageCall call)
    {
        Assert.IsType<StorageCall.Read>(call);
        var isThere = kept.TryGetValue(call.Subject!.Value, out var value);
        Server.Answer(id, isThere ? new StorageAnswer.Value(value) : StorageAnswer.Value.Nothing);
    }
}
