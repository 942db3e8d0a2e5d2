using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roj.EndToEnd.Storage;

/// <summary>A client of the store that knows three commands: one question at a time.</summary>
/// <param name="address">Where the node is.</param>
/// <param name="port">Its port for RESP.</param>
internal sealed class KvClient(string address, int port) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private TcpClient? connection;
    private BufferedStream? stream;

    /// <summary>Has a key hold a value; null deletes it.</summary>
    /// <returns>Whether it was done; null if nobody knows.</returns>
    public async Task<bool?> SetAsync(string key, string? value)
    {
        try
        {
            var answer = value is null ? await AskAsync("DEL", key) : await AskAsync("SET", key, value);
            return answer.StartsWith("-UNKNOWN", StringComparison.Ordinal) ? null : !answer.StartsWith('-');
        }
        catch (Exception e) when (IsBroken(e))
        {
            var wasConnected = stream is not null;
            Dispose();
            return wasConnected ? null : false; // nobody has heard of it
        }
    }

    /// <summary>What a key holds: null for nothing.</summary>
    /// <exception cref="LabException">There is no answer.</exception>
    public async Task<string?> GetAsync(string key)
    {
        try
        {
            var answer = await AskAsync("GET", key);
            return answer.StartsWith('-') ? throw new LabException($"{address}: {answer}") : answer == "$-1" ? null : answer;
        }
        catch (Exception e) when (IsBroken(e))
        {
            Dispose();
            throw new LabException($"{address}: {e.Message}");
        }
    }

    public void Dispose()
    {
        stream?.Dispose();
        connection?.Dispose();
        (stream, connection) = (null, null);
    }

    private static bool IsBroken(Exception e) => e is SocketException or IOException or TimeoutException or InvalidDataException;

    private async Task<string> AskAsync(params string[] words)
    {
        if (stream is null)
        {
            connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(IPAddress.Parse(address), port).WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            stream = new BufferedStream(connection.GetStream());
        }

        var question = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n"));
        foreach (var word in words)
            question.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(question.ToString())).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
        return await ReadAsync().WaitAsync(Patience).ConfigureAwait(false);
    }

    private async Task<string> ReadAsync()
    {
        var line = await LineAsync().ConfigureAwait(false);
        if (!line.StartsWith('$') || line == "$-1")
            return line;
        var bytes = new byte[int.Parse(line[1..], CultureInfo.InvariantCulture) + 2];
        await stream!.ReadExactlyAsync(bytes).ConfigureAwait(false);
        return Encoding.ASCII.GetString(bytes.AsSpan(..^2));
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            if (await stream!.ReadAsync(one).ConfigureAwait(false) == 0)
                throw new InvalidDataException("hung up");
            if (one[0] == '\n')
                return line.ToString(0, line.Length - 1);
            line.Append((char)one[0]);
        }
    }
}
