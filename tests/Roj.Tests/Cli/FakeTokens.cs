using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary>What a node says of tokens, on a loopback address; when a turn begins and ends the test says.</summary>
internal sealed class FakeTokens : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly BlockingCollection<Socket> holds = [];
    private Socket? hold;

    /// <summary>Listens from now on.</summary>
    public FakeTokens()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{listener.LocalEndpoint}";

    /// <summary>What was asked, such as <c>POST pass?name=x&amp;epoch=1&amp;sequence=2</c>, without the first part of the path.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>What was brought as a result, in order.</summary>
    public ConcurrentQueue<byte[]> Brought { get; } = [];

    /// <summary>Answers other than 200, by what is asked; a body with it is a problem's detail, else the answer.</summary>
    public ConcurrentDictionary<string, (int Status, string Body)> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>The work's data.</summary>
    public byte[] Data { get; set; } = [];

    public bool WasAsked(string what) => Asked.Any(asked => asked.StartsWith(what, StringComparison.Ordinal));

    /// <summary>Waits until somebody waits for a turn.</summary>
    public void AwaitHold()
    {
        Assert.True(holds.TryTake(out hold, Soon.Limit), "nobody waits for a turn");
        Say("{\"event\":\"waiting\"}");
    }

    /// <summary>A turn begins.</summary>
    public void Hold(ulong sequence, int leftMilliseconds = 60_000, ulong progress = 0, ulong epoch = 1) => Say(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"event":"held","token":"x","lease":"token/x","epoch":{{epoch}},"sequence":{{sequence}},"progress":{{progress}},
        "leftMs":{{leftMilliseconds}},"bytes":{{Data.Length}}}
        """).Replace("\n", "", StringComparison.Ordinal));

    public void Keep(int leftMilliseconds) =>
        Say(string.Create(CultureInfo.InvariantCulture, $$"""{"event":"kept","leftMs":{{leftMilliseconds}}}"""));

    public void Say(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        hold!.Send(Encoding.ASCII.GetBytes(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
        hold.Send([.. bytes, .. "\r\n"u8]);
    }

    public void HangUp() => hold!.Close();

    /// <summary>Whether who waited for a turn, or had it, has hung up.</summary>
    public bool IsHungUp => hold!.Poll(0, SelectMode.SelectRead) && hold.Available == 0;

    public void Dispose()
    {
        listener.Dispose();
        hold?.Dispose();
        holds.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        try
        {
            var held = new List<byte>();
            while (await RequestAsync(caller, held) is var (what, body))
            {
                Asked.Enqueue(what);
                if (what.StartsWith("POST hold", StringComparison.Ordinal) && !Answers.ContainsKey(what))
                {
                    await caller.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
                    holds.Add(caller);
                    return;
                }

                if (what.StartsWith("POST result", StringComparison.Ordinal))
                    Brought.Enqueue(body);
                await AnswerAsync(caller, what);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Who asked has gone, or it is over.
        }
    }

    private async Task AnswerAsync(Socket caller, string what)
    {
        var (status, text) = Answers.GetValueOrDefault(what, (200, "{}"));
        var body = what.StartsWith("GET data", StringComparison.Ordinal) ? Data
            : Encoding.UTF8.GetBytes(status == 200 ? text : $$"""{"title":"refused","status":{{status}},"detail":"{{text}}"}""");
        var type = status == 200 ? "application/json" : "application/problem+json";
        var head = $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n";
        await caller.SendAsync(Encoding.ASCII.GetBytes(head));
        await caller.SendAsync(body);
    }

    // Null when the caller has hung up.
    private static async Task<(string What, byte[] Body)?> RequestAsync(Socket caller, List<byte> held)
    {
        var buffer = new byte[256 * 1024];
        while (true)
        {
            var end = Encoding.Latin1.GetString([.. held.Take(8192)]).IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var head = Encoding.Latin1.GetString([.. held.Take(end)]).Split("\r\n");
                var length = head.Where(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                    .Select(line => int.Parse(line["Content-Length: ".Length..], CultureInfo.InvariantCulture)).FirstOrDefault();
                if (held.Count >= end + 4 + length)
                {
                    var body = held.GetRange(end + 4, length).ToArray();
                    held.RemoveRange(0, end + 4 + length);
                    var words = head[0].Split(' ');
                    return ($"{words[0]} {words[1].Replace("/api/v1/token/", "", StringComparison.Ordinal)}", body);
                }
            }

            var read = await caller.ReceiveAsync(buffer);
            if (read == 0)
                return null;
            held.AddRange(buffer.AsSpan(0, read));
        }
    }
}
