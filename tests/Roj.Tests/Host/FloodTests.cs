using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>One caller that never stops talking must not keep the loop to itself.</summary>
public sealed class FloodTests
{
    private const uint Address = 0x7F4D1C03; // 127.77.28.3
    private const int FloodBytes = 32 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_job_ends_when_told_to_although_a_peer_sends_keep_alives_without_a_pause()
    {
        var folder = Directory.CreateTempSubdirectory("roj-flood-").FullName;
        try
        {
            var info = Prepare(folder);
            using var listening = new ManualResetEventSlim();
            var job = new SyncJob(Options(folder), happened => { if (happened is SyncEvent.Listening) listening.Set(); });
            var running = new Thread(job.Run) { IsBackground = true };
            running.Start();
            Assert.True(listening.Wait(Patience, TestContext.Current.CancellationToken));

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var flooding = new ManualResetEventSlim();
            var flood = new Thread(() => Flood(socket, info, flooding)) { IsBackground = true };
            flood.Start();
            Assert.True(flooding.Wait(Patience, TestContext.Current.CancellationToken));

            job.Stop();
            Assert.True(running.Join(Patience), "the loop was never free to end");
            socket.Dispose();
            flood.Join();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SyncOptions Options(string folder) => new()
    {
        ConfigPath = Path.Combine(folder, "torrent.conf"),
        DataPath = Path.Combine(folder, "data.bin"),
        Address = Address,
        Cluster = "flood",
    };

    private static InfoDictionary Prepare(string folder)
    {
        var bytes = Encoding.UTF8.GetBytes("what is shared");
        var info = InfoDictionary.Create("data.bin", bytes.Length, 1024, Digest(bytes));
        File.WriteAllBytes(Path.Combine(folder, "data.bin"), bytes);
        File.WriteAllBytes(Path.Combine(folder, "torrent.conf"), TorrentConf.Write([], info));
        return info;
    }

    private static void Flood(Socket socket, InfoDictionary info, ManualResetEventSlim flooding)
    {
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Parse(Endpoint.AddressText(Address)), SyncOptions.DefaultSwarmPort));
            var handshake = new byte[Handshake.Length];
            new Handshake(info.InfoHash, PeerId.Create(new Rng(7)), Fast: false, Extended: false).Write(handshake);
            socket.Send(handshake);
            var keepAlives = new byte[1 << 20]; // four zeros are one
            for (var sent = 0L; ; sent += socket.Send(keepAlives))
            {
                if (sent > FloodBytes)
                    flooding.Set();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The job has ended, or the test.
        }
    }

    private static byte[] Digest(byte[] bytes)
    {
        var digest = new byte[Sha1Digest.Length];
        Sha1Digest.Of(bytes).Write(digest);
        return digest;
    }
}
