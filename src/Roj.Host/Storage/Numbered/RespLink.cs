using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Roj.Kernel;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>One connection to who speaks RESP: commands go out in the order in which they were asked, replies come in theirs. From any
/// thread.</summary>
public sealed class RespLink : IDisposable
{
    /// <summary>Commands that wait to be sent at most; who comes with more waits.</summary>
    public const int WaitingMax = 1024;

    /// <summary>Commands without a reply at most.</summary>
    public const int UnderWayMax = 1024;

    private const int UsualBytes = 64 * 1024;

    private readonly Socket socket;
    private readonly Channel<Command> commands =
        Channel.CreateBounded<Command>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Queue<Command> underWay = []; // its own gate
    private readonly SemaphoreSlim places = new(UnderWayMax);
    private readonly CancellationTokenSource end = new();

    /// <summary>Begins to listen for replies.</summary>
    /// <param name="socket">A connected one; owned from here on.</param>
    public RespLink(Socket socket)
    {
        this.socket = socket;
        Ended = RunAsync();
    }

    /// <summary>Ends when nothing comes or goes any more; all that was asked has ended then.</summary>
    public Task Ended { get; }

    /// <summary>Asks for something.</summary>
    /// <param name="command">What for: its words, which must not change before it has ended.</param>
    /// <param name="cancellation">Gives up, if it does not wait to be sent yet.</param>
    /// <returns>False if the connection has ended, and it was not sent.</returns>
    public async ValueTask<bool> AskAsync(Command command, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(command);
        try
        {
            await commands.Writer.WriteAsync(command, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>The same at once.</summary>
    /// <returns>False if too many wait, or the connection has ended.</returns>
    public bool TryAsk(Command command) => commands.Writer.TryWrite(command);

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        commands.Writer.TryComplete();
        end.Cancel();
        socket.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.WhenAll(Task.Run(SendAsync), Task.Run(ReceiveAsync)).ConfigureAwait(false);
        while (underWay.TryDequeue(out var lost))
            lost.Lose(wasSent: true);
        while (commands.Reader.TryRead(out var unsent))
            unsent.Lose(wasSent: false);
    }

    private async Task SendAsync()
    {
        var gathered = new ArrayBufferWriter<byte>(UsualBytes);
        try
        {
            while (await commands.Reader.WaitToReadAsync(end.Token).ConfigureAwait(false))
            {
                while (commands.Reader.TryRead(out var command))
                    await SendAsync(command, gathered).ConfigureAwait(false);
                await FlushAsync(gathered).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection has ended; so does the other side of this.
        }

        Dispose();
    }

    private async ValueTask SendAsync(Command command, ArrayBufferWriter<byte> gathered)
    {
        if (!places.Wait(0))
        {
            await FlushAsync(gathered).ConfigureAwait(false);
            try
            {
                await places.WaitAsync(end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                command.Lose(wasSent: false);
                throw;
            }
        }

        lock (underWay)
            underWay.Enqueue(command);
        Line(gathered, '*', command.Words.Count);
        foreach (var word in command.Words)
        {
            Line(gathered, '$', word.Length);
            if (gathered.WrittenCount + word.Length > UsualBytes)
            {
                await FlushAsync(gathered).ConfigureAwait(false);
                await SendAsync(word).ConfigureAwait(false);
            }
            else
            {
                gathered.Write(word.Span);
            }

            gathered.Write("\r\n"u8);
        }
    }

    private static void Line(ArrayBufferWriter<byte> writer, char kind, int number) =>
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}{number}\r\n")));

    private async ValueTask FlushAsync(ArrayBufferWriter<byte> gathered)
    {
        await SendAsync(gathered.WrittenMemory).ConfigureAwait(false);
        gathered.ResetWrittenCount();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, end.Token).ConfigureAwait(false)..];
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[UsualBytes];
        try
        {
            for (var held = 0; ;)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(held), SocketFlags.None, end.Token).ConfigureAwait(false);
                if (count == 0 || !TryTakeAll(buffer.AsSpan(0, held + count), out var rest))
                    break;
                held += count;
                // Twice as much as came, not at once as much as was announced; and no more than is needed once that is through.
                var next = rest == buffer.Length ? new byte[2 * rest]
                    : rest < UsualBytes && buffer.Length > UsualBytes ? new byte[UsualBytes]
                    : buffer;
                buffer.AsSpan(held - rest, rest).CopyTo(next);
                (buffer, held) = (next, rest);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Likewise.
        }

        Dispose();
    }

    private bool TryTakeAll(ReadOnlySpan<byte> bytes, out int rest)
    {
        while (true)
        {
            rest = bytes.Length;
            switch (RespReply.TryRead(bytes, out var reply, out var consumed))
            {
                case ReadStatus.NeedMore:
                    return true;
                case ReadStatus.Malformed:
                    return false;
            }

            Command? answered;
            lock (underWay)
            {
                if (!underWay.TryDequeue(out answered))
                    return false; // nobody asked
            }

            places.Release();
            answered.Answer(reply!);
            bytes = bytes[consumed..];
        }
    }

    /// <summary>One command, and what became of it.</summary>
    /// <param name="words">Its words, which must not change before it has ended.</param>
    public sealed class Command(params IReadOnlyList<ReadOnlyMemory<byte>> words)
    {
        private readonly TaskCompletionSource<RespReply?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Its words.</summary>
        public IReadOnlyList<ReadOnlyMemory<byte>> Words => words;

        /// <summary>The reply; null if the connection ended before it came.</summary>
        public Task<RespReply?> Ended => ended.Task;

        /// <summary>Whether it may have been done though no reply came.</summary>
        public bool WasSent { get; private set; }

        internal void Answer(RespReply reply) => ended.TrySetResult(reply);

        internal void Lose(bool wasSent)
        {
            WasSent = wasSent;
            ended.TrySetResult(null);
        }
    }
}
