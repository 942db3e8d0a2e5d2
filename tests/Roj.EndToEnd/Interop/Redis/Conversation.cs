using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Roj.EndToEnd.Interop;

/// <summary>What a client says on one connection to a store in which there is nothing.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Said">All bytes that it sends.</param>
/// <param name="Differs">Why Roj answers otherwise than Redis; null if it must answer the same bytes.</param>
/// <param name="Answer">What Roj answers then; for all others, what Redis says is right.</param>
internal sealed partial record Conversation(string Name, byte[] Said, string? Differs = null, string? Answer = null)
{
    private const string End = "+OK\r\n"; // what QUIT is answered, by whoever still listens

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Lines of words that are sent as arrays: <c>%</c> and two digits are a byte, a blank if need be.</summary>
    public static Conversation Of(string name, params string[] lines) => new(name, [.. lines.SelectMany(Command)]);

    /// <summary>Bytes as they are; Latin-1.</summary>
    public static Conversation Raw(string name, string said) => new(name, Encoding.Latin1.GetBytes(said));

    /// <summary>Where Roj is of another opinion.</summary>
    public Conversation But(string answer, string because) => this with { Answer = answer, Differs = because };

    /// <summary>One line of words as an array of bulk strings.</summary>
    public static byte[] Command(string line)
    {
        var words = line.Split(' ').Select(word => Encoding.Latin1.GetBytes(Uri.UnescapeDataString(word))).ToList();
        var said = new List<byte>(Encoding.ASCII.GetBytes($"*{words.Count}\r\n"));
        foreach (var word in words)
        {
            said.AddRange(Encoding.ASCII.GetBytes($"${word.Length}\r\n"));
            said.AddRange(word);
            said.AddRange("\r\n"u8);
        }

        return [.. said];
    }

    /// <summary>All that is answered, Latin-1, with " (over)" behind it if the server hung up.</summary>
    /// <param name="server">Whose store has been emptied.</param>
    public async Task<string> HoldAsync(IPEndPoint server)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, patience.Token).ConfigureAwait(false);
        var sending = SendAsync(socket, [.. Said, .. Command("QUIT")], patience.Token);
        var heard = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (await ReceiveAsync(socket, buffer, patience.Token).ConfigureAwait(false) is var count and > 0)
            heard.Append(Encoding.Latin1.GetString(buffer, 0, count));
        await sending.ConfigureAwait(false);
        var all = heard.ToString();
        return all.EndsWith(End, StringComparison.Ordinal) ? all[..^End.Length] : all + " (over)";
    }

    /// <summary>An answer without what differs between any two servers: a connection's number, and a version.</summary>
    public static string Alike(string answer) => Version().Replace(Number().Replace(answer, "id\r\n:N"), "version\r\nV");

    [GeneratedRegex(@"(?<=\$2\r\n)id\r\n:\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=\$7\r\n)version\r\n\$\d+\r\n[\d.]+")]
    private static partial Regex Version();

    // Who was hung up on may find that out in the middle of a sentence.
    private static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken patience)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent), patience).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return;
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer, CancellationToken patience)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, patience).ConfigureAwait(false);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
