using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Roj.EndToEnd;

/// <summary>A peer that sends whatever a test wants, byte for byte. It knows nothing of Roj's own code.</summary>
internal sealed class RawPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private RawPeer()
    {
    }

    /// <summary>The info hash of <paramref name="file"/> under this name (BEP 3).</summary>
    public static byte[] InfoHash(SharedFile file, string name)
    {
        var pieces = Convert.FromHexString(string.Concat(file.PartHashes));
        var head = $"d6:lengthi{file.Bytes.Length}e4:name{Encoding.UTF8.GetByteCount(name)}:{name}";
        byte[] info = [.. Encoding.UTF8.GetBytes($"{head}12:piece lengthi{file.PartBytes}e6:pieces{pieces.Length}:"), .. pieces, (byte)'e'];
        return SHA1.HashData(info);
    }

    /// <summary>Connects from one loopback address to another.</summary>
    public static async Task<RawPeer> ConnectAsync(string from, string to, int port = 6881)
    {
        var peer = new RawPeer();
        peer.socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        using var patience = new CancellationTokenSource(Patience);
        await peer.socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(to), port), patience.Token).ConfigureAwait(false);
        return peer;
    }

    /// <summary>The 68 bytes with which a connection begins; no extensions.</summary>
    public static byte[] Handshake(byte[] infoHash) =>
        [19, .. "BitTorrent protocol"u8, 0, 0, 0, 0, 0, 0, 0, 0, .. infoHash, .. "-XX0000-abcdefghijkl"u8];

    /// <summary>A frame: length, id, numbers, bytes.</summary>
    public static byte[] Frame(byte id, uint[] numbers, params byte[] rest)
    {
        var frame = new byte[5 + (4 * numbers.Length) + rest.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        frame[4] = id;
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5 + (4 * i)), numbers[i]);
        rest.CopyTo(frame, frame.Length - rest.Length);
        return frame;
    }

    /// <summary>Sends as much of this as the other side takes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes[sent..], SocketFlags.None, patience.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // It has hung up on us: IsDroppedAsync tells.
        }
    }

    /// <summary>Reads exactly this many bytes.</summary>
    /// <exception cref="LabException">The connection ended before.</exception>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        using var patience = new CancellationTokenSource(Patience);
        for (var received = 0; received < count;)
        {
            var length = await socket.ReceiveAsync(bytes.AsMemory(received), SocketFlags.None, patience.Token).ConfigureAwait(false);
            received += length > 0 ? length : throw new LabException($"the connection ended after {received} of {count} bytes");
        }

        return bytes;
    }

    /// <summary>Reads frames until one has this id, and gives back what is behind the id.</summary>
    public async Task<byte[]> ReceiveFrameAsync(byte id)
    {
        while (true)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(await ReceiveAsync(4).ConfigureAwait(false));
            var frame = await ReceiveAsync(length).ConfigureAwait(false);
            if (length > 0 && frame[0] == id)
                return frame[1..];
        }
    }

    /// <summary>Whether the other side ends the connection within 10 s.</summary>
    public async Task<bool> IsDroppedAsync()
    {
        var rest = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await socket.ReceiveAsync(rest, SocketFlags.None, patience.Token).ConfigureAwait(false) > 0)
            {
                // What it said before does not matter.
            }

            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
