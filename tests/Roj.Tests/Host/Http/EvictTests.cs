using System.Text.Json;
using Roj.Host.Http;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Tests.Cli;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary><c>DELETE /api/v1/members/{node}</c> and <c>roj evict</c>.</summary>
public sealed class EvictTests
{
    [Fact]
    public async Task It_is_done_and_said_whom_it_was_done_to()
    {
        await using var api = await RunningApi.StartAsync();
        List<NodeId> evicted = [];
        api.Evict = id =>
        {
            evicted.Add(id);
            return Eviction.Done;
        };
        var answer = await DeleteAsync(api, "pluto");
        Assert.Equal(200, RunningApi.Status(answer));
        var view = JsonSerializer.Deserialize(RunningApi.Body(answer), ApiJson.Default.MemberView)!;
        Assert.Equal(("pluto", "left"), (view.Name, view.State));

        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", "pluto");
        Assert.Equal((0, "pluto (00000000000000000000000000000002) at 127.0.0.2:7071 is evicted\n"), (run.Exit, run.Output));
        var json = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", "127.0.0.2", "--output", "json");
        Assert.Equal(RunningApi.Body(answer) + "\n", json.Output);
        Assert.Equal([new(2), new(2), new(2)], evicted);
    }

    [Theory]
    [InlineData(Eviction.Answers, "is alive")]
    [InlineData(Eviction.Self, "is this node itself")]
    [InlineData(Eviction.HasLeft, "has left already")]
    public async Task A_refusal_says_why_and_that_nothing_was_changed(Eviction eviction, string why)
    {
        await using var api = await RunningApi.StartAsync();
        api.Evict = _ => eviction;
        var answer = await DeleteAsync(api, "pluto");
        var problem = JsonSerializer.Deserialize(RunningApi.Body(answer), ApiJson.Default.ProblemView)!;
        Assert.Equal((409, 409, "no"), (RunningApi.Status(answer), problem.Status, problem.Applied));
        Assert.Contains(why, problem.Detail, StringComparison.Ordinal);
        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", "pluto");
        Assert.Equal((1, "", $"roj: refused: {problem.Detail}\n"), (run.Exit, run.Output, run.Error));
    }

    [Fact]
    public async Task Nobody_is_evicted_by_a_wrong_name_or_by_a_page_of_another_origin()
    {
        await using var api = await RunningApi.StartAsync();
        api.Evict = id => throw new InvalidOperationException($"{id} is evicted");
        Assert.Equal(404, RunningApi.Status(await DeleteAsync(api, "nobody")));
        string[] foreign = ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"];
        foreach (var header in foreign)
            Assert.Equal(403, RunningApi.Status(await DeleteAsync(api, "pluto", header)));
    }

    [Fact]
    public async Task Who_has_gone_meanwhile_is_nobody()
    {
        await using var api = await RunningApi.StartAsync();
        api.Evict = _ => Eviction.Unknown;
        Assert.Equal(404, RunningApi.Status(await DeleteAsync(api, "pluto")));
    }

    private static Task<string> DeleteAsync(RunningApi api, string who, string header = "X: y") =>
        api.SendAsync($"DELETE /api/v1/members/{who} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n\r\n");
}
