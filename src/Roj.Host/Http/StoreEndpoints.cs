using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roj.Agreement;
using Roj.Host.Http.Views;
using Roj.Host.Storage;
using Roj.Storage;

namespace Roj.Host.Http;

/// <summary>What the store keeps, by HTTP: for people and scripts; programs that ask much speak RESP.</summary>
/// <param name="store">The node's part in it; null while it has none.</param>
/// <param name="instruments">The API's own: who watches is a stream as who listens to events.</param>
/// <param name="heartbeat">How often a stream says that it is there.</param>
/// <param name="end">When streams shall end.</param>
internal sealed class StoreEndpoints(Func<IStoreWing?> store, NodeInstruments instruments, TimeSpan heartbeat, CancellationToken end)
{
    /// <summary>When what is read ends, in milliseconds since 1970 (UTC), in an answer's head.</summary>
    public const string ExpiresHeader = "Roj-Expires-At";

    private const int CountUsual = 100;

    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/store", (http, _) => WithStoreAsync(http, StatusAsync)),
        new("/api/v1/store/keys", (http, _) => WithStoreAsync(http, KeysAsync)),
        new("/api/v1/store/events", (http, _) => WithStoreAsync(http, WatchAsync)),
        new("/api/v1/store/value", (http, _) => WithStoreAsync(http, ReadAsync), http => WithStoreAsync(http, WriteAsync))
        {
            Delete = (http, _) => WithStoreAsync(http, DeleteAsync),
            BodyBytesMax = StorageLimits.ValueBytesMax,
        },
    ];

    private async Task WithStoreAsync(HttpContext http, Func<HttpContext, IStoreWing, Task> answer)
    {
        if (store() is { } wing)
        {
            await answer(http, wing);
            return;
        }

        await http.ProblemAsync(new ProblemView(409, "Conflict",
            "this node keeps nothing: it has no data directory (--data-dir)"));
    }

    private static async Task StatusAsync(HttpContext http, IStoreWing wing) =>
        await http.JsonAsync(StoreView.Of(await wing.StatusAsync()), ApiJson.Default.StoreView);

    private static async Task KeysAsync(HttpContext http, IStoreWing wing)
    {
        var query = http.Request.Query;
        var cursor = 0UL;
        var count = CountUsual;
        var isSound = query["cursor"] is not [{ } at] || ulong.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out cursor);
        isSound &= query["count"] is not [{ } most]
            || (int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= 1000);
        if (Database(http) is not { } database || !isSound)
        {
            await BadAsync(http, $"db= takes 0 to {StorageLimits.Databases - 1}, cursor= what the last answer said, count= 1 to 1000");
            return;
        }

        var prefix = Encoding.UTF8.GetBytes(query["prefix"].ToString());
        var answer = await wing.AskAsync(new StorageCall.List(database, cursor, count, prefix.Length == 0 ? null : Prefix(prefix)));
        if (answer is StorageAnswer.Keys keys)
        {
            var next = keys.Next.ToString(CultureInfo.InvariantCulture);
            await http.JsonAsync(new StoreKeysView([.. keys.Names.Select(ChangeStream.Text)], next), ApiJson.Default.StoreKeysView);
            return;
        }

        await FailAsync(http, answer);
    }

    private async Task WatchAsync(HttpContext http, IStoreWing wing)
    {
        var prefix = Encoding.UTF8.GetBytes(http.Request.Query["prefix"].ToString());
        var isOfAll = http.Request.Query["db"].Count == 0;
        var database = Database(http);
        if (database is null || prefix.Length > WatchFilter.PrefixBytesMax)
        {
            await BadAsync(http, $"db= takes 0 to {StorageLimits.Databases - 1}, prefix= at most {WatchFilter.PrefixBytesMax} bytes");
            return;
        }

        if (!instruments.TryBegin())
        {
            await http.ProblemAsync(new ProblemView(503, "Service Unavailable", $"{ApiOptions.StreamsMax} clients listen already"));
            return;
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, wing.Watchers.Ended, end);
            await ChangeStream.RunAsync(http, wing.Watchers, new WatchFilter(isOfAll ? null : database, prefix), heartbeat, either.Token);
        }
        finally
        {
            instruments.End();
        }
    }

    private static async Task ReadAsync(HttpContext http, IStoreWing wing)
    {
        if (await KeyAsync(http) is not { } key)
            return;
        switch (await wing.AskAsync(new StorageCall.Read(key)))
        {
            case StorageAnswer.Value { Data: { } data } value:
                Tag(http, value.Version);
                if (value.ExpiresAt is { } at)
                    http.Response.Headers[ExpiresHeader] = at.ToString(CultureInfo.InvariantCulture);
                await http.BytesAsync(200, "application/octet-stream", data);
                break;
            case StorageAnswer.Value none:
                Tag(http, none.Version);
                await http.ProblemAsync(new ProblemView(404, "Not Found", $"there is no key {key}"));
                break;
            case var other:
                await FailAsync(http, other);
                break;
        }
    }

    private static async Task WriteAsync(HttpContext http, IStoreWing wing)
    {
        if (await KeyAsync(http) is not { } key || await HeadersAsync(http) is not { } headers)
            return;
        var expiry = Expiry.None;
        if (http.Request.Query["ttl"] is [{ } text])
        {
            var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
            if (!isNumber || seconds is <= 0 or > 1e10)
            {
                await BadAsync(http, "ttl= takes a number of seconds, more than 0");
                return;
            }

            expiry = Expiry.At(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + (long)(seconds * 1000));
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = StorageLimits.ValueBytesMax;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var call = new StorageCall.Write(key, body.ToArray(), headers.Condition, expiry)
        {
            AtVersion = headers.AtVersion,
            Fence = headers.Fence,
            Request = headers.Request,
            TriedSince = headers.TriedSince,
        };
        await DoneAsync(http, headers, await wing.AskAsync(call));
    }

    private static async Task DeleteAsync(HttpContext http, IStoreWing wing)
    {
        if (await KeyAsync(http) is not { } key || await HeadersAsync(http) is not { } headers)
            return;
        if (headers.Condition is WriteCondition.IfAbsent)
        {
            await BadAsync(http, "what is not there can't be deleted: If-None-Match makes no sense here");
            return;
        }

        var call = new StorageCall.Delete(key)
        {
            AtVersion = headers.AtVersion,
            Fence = headers.Fence,
            Request = headers.Request,
            TriedSince = headers.TriedSince,
        };
        await DoneAsync(http, headers, await wing.AskAsync(call));
    }

    private static void Tag(HttpContext http, ulong version)
    {
        if (version > 0)
            http.Response.Headers.ETag = StoreHeaders.TagOf(version);
    }

    private static async Task<StoreHeaders?> HeadersAsync(HttpContext http)
    {
        if (StoreHeaders.Read(http.Request, out var headers) is not { } wrong)
            return headers;
        await BadAsync(http, wrong);
        return null;
    }

    private static async Task DoneAsync(HttpContext http, StoreHeaders headers, StorageAnswer answer)
    {
        if (answer is not StorageAnswer.Done done)
        {
            await FailAsync(http, answer);
            return;
        }

        Tag(http, done.Version);
        if (done.IsApplied || !headers.IsConditional)
            await http.JsonAsync(new StoreDoneView(done.IsApplied), ApiJson.Default.StoreDoneView);
        else
            await http.ProblemAsync(new ProblemView(412, "Precondition Failed", "the key is not as the request's head wants it", "no"));
    }

    private static Task FailAsync(HttpContext http, StorageAnswer answer)
    {
        var failed = answer as StorageAnswer.Failed;
        var applied = failed?.Applied ?? Applied.Unknown;
        var why = failed?.Sentence ?? "the store answered something else";
        var (status, title) = failed?.Fault switch
        {
            StorageFault.Fenced => (409, "Conflict"),
            StorageFault.NotInThisMode => (400, "Bad Request"),
            _ => (503, "Service Unavailable"),
        };
        var word = applied switch
        {
            Applied.No => "no",
            Applied.Yes => "yes",
            _ => "unknown",
        };
        return http.ProblemAsync(new ProblemView(
            status, title, applied is Applied.Unknown ? $"{why}; it may have been done, or be done yet (applied: unknown)" : why, word));
    }

    private static Task BadAsync(HttpContext http, string why) => http.ProblemAsync(new ProblemView(400, "Bad Request", why));

    private static int? Database(HttpContext http)
    {
        if (http.Request.Query["db"] is not [{ } text])
            return 0;
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number < StorageLimits.Databases ? number : null;
    }

    private static async Task<StorageKey?> KeyAsync(HttpContext http)
    {
        var name = Encoding.UTF8.GetBytes(http.Request.Query["key"].ToString());
        if (Database(http) is { } database && name.Length is > 0 and <= StorageLimits.KeyBytesMax)
            return new StorageKey(database, name);
        await BadAsync(http, $"db= takes 0 to {StorageLimits.Databases - 1}, key= a text of 1 to {StorageLimits.KeyBytesMax} bytes");
        return null;
    }

    // As a pattern, with what means something in one made to mean itself.
    private static byte[] Prefix(byte[] prefix)
    {
        List<byte> pattern = [];
        foreach (var b in prefix)
        {
            if (b is (byte)'*' or (byte)'?' or (byte)'[' or (byte)'\\')
                pattern.Add((byte)'\\');
            pattern.Add(b);
        }

        return [.. pattern, (byte)'*'];
    }
}
