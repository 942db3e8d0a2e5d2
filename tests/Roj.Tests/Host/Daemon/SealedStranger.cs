using System.Net.Sockets;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>Somebody at the port between nodes who says, hears and records each datagram itself: with a key of its own choice.</summary>
internal sealed class SealedStranger : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Endpoint to;
    private readonly Seal seal;

    public SealedStranger(Endpoint own, Endpoint to, ClusterKey key)
    {
        this.to = to;
        seal = new Seal(new ClusterKeys(Keyring.Of([key])), own.Address);
        socket.Bind(own.ToSystem());
    }

    /// <summary>Whether nothing has come, and nothing comes in a moment.</summary>
    public bool HearsNothing => !socket.Poll(Quiet, SelectMode.SelectRead);

    /// <summary>What would be sent, to be sent or not.</summary>
    public byte[] Sealed(ReadOnlySpan<byte> said)
    {
        var datagram = new byte[said.Length + Seal.Overhead];
        seal.Write(to, said, datagram);
        return datagram;
    }

    /// <summary>Sends bytes as they are.</summary>
    public void Send(ReadOnlySpan<byte> datagram) => socket.SendTo(datagram, SocketFlags.None, to.ToSystem());

    /// <summary>Hears the next datagram as it is.</summary>
    public async Task<byte[]> HearAsync()
    {
        var buffer = new byte[2048];
        var cancelled = TestContext.Current.CancellationToken;
        return buffer[..await socket.ReceiveAsync(buffer, cancelled).AsTask().WaitAsync(Soon.Limit, cancelled)];
    }

    /// <summary>What became of a datagram here.</summary>
    public SealVerdict Open(byte[] datagram, out byte[] said)
    {
        var verdict = seal.Open(default, to, datagram, new byte[datagram.Length], out var words);
        said = words.ToArray();
        return verdict;
    }

    /// <summary>Says something to who does not know us, and is told who that is: from then on it is met.</summary>
    /// <returns>What was said.</returns>
    public async Task<byte[]> MeetAsync()
    {
        var knock = Sealed(new byte[100]);
        Send(knock);
        var introduction = await HearAsync();
        Assert.InRange(introduction.Length, Seal.Overhead, knock.Length); // no answer is longer than what it answers
        Assert.Equal((SealVerdict.Fresh, 0), (Open(introduction, out var said), said.Length));
        return knock;
    }

    public void Dispose()
    {
        socket.Dispose();
        seal.Dispose();
    }
}
