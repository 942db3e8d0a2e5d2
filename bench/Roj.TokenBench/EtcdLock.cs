using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.TokenBench;

/// <summary>etcd's lock, which two clients hand to each other by its HTTP gateway.</summary>
internal static class EtcdLock
{
    private const string Name = "YmVuY2g="; // bench
    private const int ClientPort = 2379;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>How often a second it changes hands.</summary>
    public static async Task<double> MeasureAsync(int count, int seconds, string where)
    {
        var rate = 0.0;
        await RojRing.InLabAsync(count, where, async (hosts, data) =>
        {
            foreach (var host in hosts)
                EtcdNode.Start(host, Path.Combine(data, host.Number.ToString(CultureInfo.InvariantCulture)), hosts);
            var clock = Stopwatch.StartNew();
            LabHost? leader;
            while ((leader = await EtcdNode.LeaderAsync(hosts).ConfigureAwait(false)) is null && clock.Elapsed < Patience)
                await Task.Delay(50).ConfigureAwait(false);
            if (leader is null)
                throw new LabException($"etcd has no leader after {Patience.TotalSeconds} s");
            rate = await HandAsync(leader, seconds).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return rate;
    }

    private static async Task<double> HandAsync(LabHost leader, int seconds)
    {
        using var stop = new CancellationTokenSource();
        var (hands, last) = (0, -1); // changed by who has the lock alone
        async Task ClientAsync(int self)
        {
            using var http = new HttpClient { BaseAddress = new UriBuilder("http", leader.Address, ClientPort).Uri, Timeout = Patience };
            var lease = await AskAsync(http, "lease/grant", new() { ["TTL"] = "60" }, "ID").ConfigureAwait(false);
            while (!stop.IsCancellationRequested)
            {
                var key = await AskAsync(http, "lock/lock", new() { ["name"] = Name, ["lease"] = lease }, "key").ConfigureAwait(false);
                if (last != self)
                    Interlocked.Increment(ref hands);
                last = self;
                await AskAsync(http, "lock/unlock", new() { ["key"] = key }, null).ConfigureAwait(false);
            }
        }

        Task[] clients = [ClientAsync(0), ClientAsync(1)];
        await Task.Delay(WarmUp).ConfigureAwait(false);
        var (begin, before) = (Stopwatch.GetTimestamp(), Volatile.Read(ref hands));
        await Task.Delay(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
        var rate = (Volatile.Read(ref hands) - before) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(clients).ConfigureAwait(false);
        return rate;
    }

    private static async Task<string> AskAsync(HttpClient http, string what, Dictionary<string, string> question, string? member)
    {
        using var answer = await http.PostAsJsonAsync($"/v3/{what}", question).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new LabException($"etcd: {what}: {text}");
        using var json = JsonDocument.Parse(text);
        return member is null ? "" : json.RootElement.GetProperty(member).GetString()!;
    }
}
