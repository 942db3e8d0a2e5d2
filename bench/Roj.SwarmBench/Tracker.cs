using System.Globalization;
using System.Net;
using System.Text;

namespace Roj.SwarmBench;

/// <summary>As little of a tracker (BEP 3, compact answers by BEP 23) as one swarm needs: everybody is told of everybody else.</summary>
internal sealed class Tracker : IDisposable
{
    private const int Port = 6969;

    // What aria2 is told to do anyhow.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly HttpListener listener = new();
    private readonly List<IPEndPoint> peers = [];

    /// <summary>Listens on this address, until it is disposed of.</summary>
    public Tracker(string address)
    {
        Url = $"http://{address}:{Port}/announce";
        listener.Prefixes.Add($"http://{address}:{Port}/");
        listener.Start();
        new Thread(Serve) { IsBackground = true, Name = "tracker" }.Start();
    }

    /// <summary>Where it is, as a torrent says it.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public void Dispose() => listener.Close();

    private void Serve()
    {
        try
        {
            while (true)
                Answer(listener.GetContext());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }

    private void Answer(HttpListenerContext call)
    {
        var port = int.Parse(call.Request.QueryString["port"]!, CultureInfo.InvariantCulture);
        var caller = new IPEndPoint(call.Request.RemoteEndPoint.Address, port);
        var others = peers.Where(peer => !peer.Equals(caller)).ToArray();
        if (others.Length == peers.Count)
            peers.Add(caller);
        var head = $"d8:intervali{Interval.TotalSeconds}e5:peers{6 * others.Length}:";
        byte[] body = [.. Encoding.ASCII.GetBytes(head), .. others.SelectMany(Compact), (byte)'e'];
        call.Response.ContentLength64 = body.Length;
        call.Response.OutputStream.Write(body);
        call.Response.Close();
    }

    private static byte[] Compact(IPEndPoint peer) => [.. peer.Address.GetAddressBytes(), (byte)(peer.Port >> 8), (byte)peer.Port];
}
