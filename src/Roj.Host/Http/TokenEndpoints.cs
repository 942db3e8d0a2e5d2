using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roj.Host.Http.Views;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;

namespace Roj.Host.Http;

/// <summary>Whose turn it is, how far the work is; and for who runs work of his own: his turns.</summary>
/// <param name="tokens">The node's tokens.</param>
/// <param name="instruments">The API's own: who waits for turns is a stream as who listens to events.</param>
/// <param name="end">When streams shall end.</param>
internal sealed class TokenEndpoints(TokenDoor tokens, NodeInstruments instruments, CancellationToken end)
{
    /// <summary>How far the work is of which the result is given, in an answer's head.</summary>
    public const string ProgressHeader = "Roj-Progress";

    private static readonly TimeSpan KeptPace = TimeSpan.FromMilliseconds(200);

    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/tokens", async (http, _) => await http.JsonAsync(
            new TokensView([.. (await tokens.StatusAsync()).Select(TokenView.Of)]), ApiJson.Default.TokensView)),
        new("/api/v1/token", async (http, _) =>
        {
            if (await FindAsync(http) is { Status: var status })
                await http.JsonAsync(TokenView.Of(status), ApiJson.Default.TokenView);
        }),
        new("/api/v1/token/log", async (http, _) =>
        {
            if (await FindAsync(http) is { Log: var log })
                await http.JsonAsync(TokenLogView.Of(log), ApiJson.Default.TokenLogView);
        }),
        new("/api/v1/token/data", async (http, _) =>
        {
            if (await FindAsync(http) is not (_, _, var progress, var data))
                return;
            http.Response.Headers[ProgressHeader] = progress.ToString(CultureInfo.InvariantCulture);
            await http.BytesAsync(200, "application/octet-stream", data);
        }),
        new("/api/v1/token/hold", PostOnlyAsync, HoldAsync),
        new("/api/v1/token/pass", PostOnlyAsync, PassAsync),
        new("/api/v1/token/result", PostOnlyAsync, TakeResultAsync) { BodyBytesMax = TokenFrame.DataMax },
        new("/api/v1/token/once", (http, _) => OnceAsync(http), CommitAsync),
    ];

    private readonly SortedDictionary<(string Token, ulong Epoch, ulong Sequence), TokenGuest> turns = []; // under its own lock

    private static string NameOf(HttpContext http) => http.Request.Query["name"] is [{ Length: > 0 } name] ? name : "pi";

    private static Task PostOnlyAsync(HttpContext http, string _)
    {
        http.Response.Headers.Allow = "POST";
        return http.ProblemAsync(new ProblemView(405, "Method Not Allowed", "what can be done here is POST"));
    }

    private async Task<TokenFinding?> FindAsync(HttpContext http)
    {
        var found = await tokens.FindAsync(NameOf(http));
        if (found is null)
            await http.ProblemAsync(new ProblemView(404, "Not Found", "this node takes no part in a token of that name (--tokens)"));
        return found;
    }

    private static Task ConflictAsync(HttpContext http, string why) => http.ProblemAsync(new ProblemView(409, "Conflict", why));

    private static async Task<Fence?> FenceAsync(HttpContext http)
    {
        if (Number(http, "epoch") is { } epoch && Number(http, "sequence") is { } sequence)
            return new Fence(TokenName.LeaseOf(NameOf(http)), epoch, sequence);
        await http.ProblemAsync(new ProblemView(400, "Bad Request", "epoch= and sequence= take the numbers of the turn's fence"));
        return null;
    }

    private static ulong? Number(HttpContext http, string what) =>
        ulong.TryParse(http.Request.Query[what], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Task SayAsync(HttpContext http, TokenTurnView line) => http.Response.Body.WriteAsync(
        (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Default.TokenTurnView), (byte)'\n'], http.RequestAborted).AsTask();

    // For as long as the caller stays: his turns, one after another.
    private async Task HoldAsync(HttpContext http)
    {
        var name = NameOf(http);
        if (!instruments.TryBegin())
        {
            await http.ProblemAsync(new ProblemView(503, "Service Unavailable", $"{ApiOptions.StreamsMax} clients listen already"));
            return;
        }

        TokenGuest? guest = null;
        var turn = new SaidTurn();
        try
        {
            (guest, var why) = await tokens.AttachAsync(name);
            if (guest is null)
            {
                await ConflictAsync(http, why);
                return;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, end);
            http.Response.ContentType = "application/x-ndjson";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            do
            {
                await SayAsync(http, new TokenTurnView("waiting"));
                await http.Response.Body.FlushAsync(either.Token);
            }
            while (await TurnAsync(http, name, guest, turn, either.Token));
        }
        finally
        {
            // Who says nothing may work on until the time is over that he was told.
            if (guest?.PassedAsync() is { IsCompleted: false } passed && turn.Left is var left && left > default(TimeSpan))
                await Task.WhenAny(passed, Task.Delay(left, CancellationToken.None));
            guest?.Leave();
            Forget(turn);
            instruments.End();
        }
    }

    /// <returns>Whether there may be another one: it was passed on, and not lost.</returns>
    private async Task<bool> TurnAsync(
        HttpContext http, string name, TokenGuest guest, SaidTurn said, CancellationToken either)
    {
        var turn = await NextAsync(http, guest, either);
        var fence = turn.Fence;
        var passed = guest.PassedAsync();
        Forget(said);
        said.Key = (name, fence.Epoch, fence.Sequence);
        lock (turns)
            turns[said.Key] = guest;
        for (var isFirst = true; ; isFirst = false)
        {
            var left = await tokens.LeftAsync(name, fence);
            if (passed.IsCompleted)
                return true;
            if (left is not { TotalMilliseconds: > 0 and var milliseconds })
            {
                await SayAsync(http, new TokenTurnView("lost", Message: guest.Recalled.IsCompleted
                    ? "the node goes"
                    : "the token was lost, or is another's by now"));
                await http.Response.Body.FlushAsync(either);
                return false;
            }

            said.Until = Stopwatch.GetTimestamp() + (long)(milliseconds * Stopwatch.Frequency / 1000);
            await SayAsync(http, isFirst
                ? new TokenTurnView(
                    "held", (long)milliseconds, name, fence.Lease, fence.Epoch, fence.Sequence, turn.Progress, turn.Data.Length)
                : new TokenTurnView("kept", (long)milliseconds));
            await http.Response.Body.FlushAsync(either);
            await Task.WhenAny(passed, guest.Recalled, Task.Delay(KeptPace, either));
            either.ThrowIfCancellationRequested();
        }
    }

    private void Forget(SaidTurn said)
    {
        lock (turns)
            turns.Remove(said.Key);
    }

    // Whoever waits for long is seen to be gone by what is said to him.
    private static async Task<TokenTurn> NextAsync(HttpContext http, TokenGuest guest, CancellationToken either)
    {
        for (var next = guest.NextAsync(); ;)
        {
            if (await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1), either)) == next)
                return await next;
            either.ThrowIfCancellationRequested();
            await SayAsync(http, new TokenTurnView("waiting"));
            await http.Response.Body.FlushAsync(either);
        }
    }

    private async Task PassAsync(HttpContext http)
    {
        if (await FenceAsync(http) is not { } fence)
            return;
        TokenGuest? guest;
        lock (turns)
            turns.TryGetValue((NameOf(http), fence.Epoch, fence.Sequence), out guest);
        if (guest is null)
        {
            await ConflictAsync(http, "that turn is over");
            return;
        }

        // Of a turn that is over it is the word that nobody works under it any more.
        var isOver = await tokens.LeftAsync(NameOf(http), fence) is null;
        guest.Pass();
        await (isOver ? ConflictAsync(http, "that turn is over") : http.BytesAsync(200, "application/json", "{}"u8.ToArray()));
    }

    private async Task TakeResultAsync(HttpContext http)
    {
        if (await FenceAsync(http) is not { } fence)
            return;
        if (Number(http, "progress") is not { } progress)
        {
            await http.ProblemAsync(new ProblemView(400, "Bad Request", "progress= takes a whole number that does not fall"));
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = TokenFrame.DataMax;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (await tokens.WorkedAsync(NameOf(http), fence, progress, body.ToArray()))
            await http.BytesAsync(200, "application/json", "{}"u8.ToArray());
        else
            await ConflictAsync(http, "that turn is over, or progress would fall: the result counts no more");
    }

    private async Task OnceAsync(HttpContext http)
    {
        if (await KeyAsync(http) is not { } key)
            return;
        var (isDone, why) = await tokens.DoneAsync(NameOf(http), key);
        await (isDone is { } done ? http.JsonAsync(new OnceView(done), ApiJson.Default.OnceView) : ConflictAsync(http, why));
    }

    private async Task CommitAsync(HttpContext http)
    {
        if (await KeyAsync(http) is not { } key || await FenceAsync(http) is not { } fence)
            return;
        var (isDone, why) = await tokens.CommitAsync(NameOf(http), key, fence);
        await (isDone is true ? http.JsonAsync(new OnceView(true), ApiJson.Default.OnceView) : ConflictAsync(http, why));
    }

    private static async Task<string?> KeyAsync(HttpContext http)
    {
        if (http.Request.Query["key"] is [{ Length: > 0 } key] && Encoding.UTF8.GetByteCount(key) <= TokenDoor.KeyBytesMax
            && TokenName.IsOne(NameOf(http)))
            return key;
        await http.ProblemAsync(new ProblemView(
            400, "Bad Request", $"key= takes a text of 1 to {TokenDoor.KeyBytesMax} bytes, and name= the name of a token"));
        return null;
    }

    // Which turn somebody was told that he has, and until when.
    private sealed class SaidTurn
    {
        public (string Token, ulong Epoch, ulong Sequence) Key { get; set; } = ("", 0, 0);

        public long Until { get; set; }

        public TimeSpan Left => TimeSpan.FromSeconds((Until - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency);
    }
}
