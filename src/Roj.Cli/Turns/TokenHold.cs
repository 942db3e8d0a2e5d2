using System.Collections.Concurrent;
using System.Text.Json;
using Roj.Host.Agreement;
using Roj.Kernel;

namespace Roj.Cli.Turns;

/// <summary>Waits for a token's turns at one node, and tells of each until it is over. To be disposed: that gives a turn back, or the
/// place in the queue.</summary>
/// <remarks>
/// <para>What a line grants counts from a moment at which there was nothing to be read yet, so from before the line was written; the way
/// from the node here not counted, which is none on one machine. A line that was waiting when this program was woken grants nothing that
/// the one before it did not.</para>
/// <para>The time goes on while the machine is suspended.</para>
/// </remarks>
internal sealed class TokenHold : IDisposable
{
    // Timers stand still while the machine is suspended.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    // How often it is noted that there is still nothing to be read.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly string name;
    private readonly HttpResponseMessage response;
    private readonly BlockingCollection<TokenTurn> turns = [];
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim isHeld = new();
    private readonly Instant asked;
    private TokenTurn? current;
    private volatile bool isDisposed;
    private volatile bool isLost;
    private volatile string end = "the node hung up";

    /// <summary>Begins to wait.</summary>
    /// <exception cref="AskException">The node does not answer, or refuses.</exception>
    public TokenHold(NodeClient node, string name)
    {
        this.name = name;
        asked = BootClock.Now;
        response = node.Open($"/api/v1/token/hold?name={name}");
        new Thread(Watch) { IsBackground = true, Name = "turn" }.Start();
        _ = ReadAsync();
    }

    /// <summary>Why there is no further turn, for people; null where a turn was lost, which is told already.</summary>
    public string? End => isLost ? null : end;

    /// <summary>The next turn; null if the node hung up.</summary>
    /// <exception cref="OperationCanceledException">It is not waited for any more.</exception>
    public TokenTurn? Next(CancellationToken stop)
    {
        while (turns.TryTake(out var turn, Timeout.Infinite, stop))
        {
            if (!turn.IsOver)
                return turn;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        isHeld.Set();
        response.Dispose();
        Change(null, "it was given back");
    }

    private async Task ReadAsync()
    {
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync().ConfigureAwait(false));
            for (var empty = asked; ;)
            {
                var now = BootClock.Now;
                var read = lines.ReadLineAsync();
                if (!read.IsCompleted)
                    empty = await StillEmptyAsync(now, read).ConfigureAwait(false);
                if (await read.ConfigureAwait(false) is not { } line)
                    break;
                Take(HoldLine.Read(line), empty);
            }
        }
        catch (JsonException)
        {
            end = "the node says something else than a node does";
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever waits is told below.
        }

        Change(null, end);
        turns.CompleteAdding();
    }

    // The last moment at which there was nothing to be read: what came then was written later. When this program was stopped and goes on,
    // nobody may have looked yet what came meanwhile: a moment counts when the next look, in time, found nothing either.
    private static async Task<Instant> StillEmptyAsync(Instant empty, Task read)
    {
        for (var looked = empty; ;)
        {
            await Task.WhenAny(read, Task.Delay(Tick)).ConfigureAwait(false);
            if (read.IsCompleted)
                return empty;
            var now = BootClock.Now;
            if (now - looked < 2 * Tick)
                empty = looked;
            looked = now;
        }
    }

    private void Take(HoldLine line, Instant since)
    {
        switch (line.Event)
        {
            case "held":
                var turn = new TokenTurn(name, line, since);
                isLost = false;
                Change(turn, "another turn began");
                turns.Add(turn);
                break;
            case "kept":
                Current()?.Keep(since, line.Left, BootClock.Now);
                break;
            case "lost":
                isLost = true;
                Change(null, line.Message ?? "the node says so");
                break;
            case "waiting":
                Change(null, "it was passed on");
                break;
        }
    }

    private TokenTurn? Current()
    {
        lock (gate)
            return current;
    }

    private void Change(TokenTurn? next, string why)
    {
        TokenTurn? before;
        lock (gate)
            (before, current) = (current, next);
        if (next is not null)
            isHeld.Set();
        before?.End(why);
    }

    private void Watch()
    {
        while (!isDisposed)
        {
            isHeld.Wait();
            isHeld.Reset();
            while (!isDisposed && Current() is { } turn && turn.Look(BootClock.Now) is var left && left > TimeSpan.Zero)
                Thread.Sleep(left < LookEvery ? left : LookEvery);
        }
    }
}
