using System.Text.Json;
using Roj.Agreement;
using Roj.Host.Agreement;
using Roj.Host.Http;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Tests.Cli;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>Who votes, by HTTP and on the command line, and how a vote is given up or taken.</summary>
public sealed class RosterTests
{
    private static readonly ReplicaSet three = new(0xC, 4, [new NodeId(1), new NodeId(2), new NodeId(3)], null);

    [Fact]
    public async Task It_says_who_votes_and_who_of_them_is_here()
    {
        await using var api = await WithAsync(three);
        var answer = await api.GetAsync("/api/v1/roster");
        var roster = JsonSerializer.Deserialize(RunningApi.Body(answer), ApiJson.Default.RosterView)!;
        Assert.Equal((200, 4L, $"{0xC:x32}", true, 3), (RunningApi.Status(answer), roster.Version, roster.Cluster, roster.Voting, roster.Expected));
        Assert.Equal([("earth", true), ("pluto", false), (null, false)], roster.Members.Select(seat => (seat.Name, seat.Alive)));
        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "status");
        Assert.Contains("roster  version 4: earth, pluto (not here), 00000000 (not here)", run.Output, StringComparison.Ordinal);
        Assert.Contains("no majority of the roster is alive", run.Output, StringComparison.Ordinal);
        Assert.Contains("quorum", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nroj_roster_members 3\n", await api.GetAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_there_is_one_it_says_who_is_awaited()
    {
        await using var api = await WithAsync(null);
        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "status");
        Assert.Contains("waits for 2 more of 3", run.Output, StringComparison.Ordinal);
        api.Snapshot = api.Snapshot with { Agreement = api.Snapshot.Agreement! with { Awaited = [new NodeId(2)] } };
        Assert.Contains("waits for pluto", (await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_agreed_on_there_is_none_and_no_figures()
    {
        await using var api = await RunningApi.StartAsync();
        var roster = JsonSerializer.Deserialize(RunningApi.Body(await api.GetAsync("/api/v1/roster")), ApiJson.Default.RosterView)!;
        Assert.Equal((0L, null, false, 0), (roster.Version, roster.Cluster, roster.Voting, roster.Members.Count));
        Assert.DoesNotContain("roj_agreement", await api.GetAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("available", await api.GetAsync("/api/v1/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_evicted_loses_its_vote_first_and_stays_a_member_if_that_comes_to_nothing()
    {
        await using var api = await WithAsync(three);
        List<string> done = [];
        api.Unseat = id => Did($"unseat {id.Value}");
        api.Evict = id => Did($"evict {id.Value}") is null ? Eviction.Done : Eviction.Unknown;
        Assert.Equal(0, (await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", "pluto")).Exit);
        Assert.Equal(["unseat 2", "evict 2"], done);

        api.Unseat = _ => "no majority answered";
        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", "pluto");
        Assert.Equal((1, 2), (run.Exit, done.Count));
        Assert.Contains("keeps its vote: no majority answered", run.Error, StringComparison.Ordinal);

        string? Did(string what)
        {
            done.Add(what);
            return null;
        }
    }

    [Fact]
    public async Task One_that_has_left_or_is_forgotten_may_still_lose_its_vote()
    {
        await using var api = await WithAsync(three);
        api.Unseat = _ => null;
        api.Evict = _ => Eviction.HasLeft;
        Assert.Equal(0, (await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", "pluto")).Exit);
        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", new NodeId(3).ToString());
        Assert.Equal((0, $"{new NodeId(3)}, of whom no more was known, is evicted\n"), (run.Exit, run.Output));
        Assert.Equal(1, (await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "evict", new NodeId(4).ToString())).Exit);
    }

    [Fact]
    public async Task Who_leaves_gives_its_vote_up_and_ends_or_keeps_both()
    {
        await using var api = await WithAsync(three);
        var ends = 0;
        api.Stop = () => ends++;
        api.Unseat = _ => "no majority answered";
        var run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "leave");
        Assert.Equal((1, 0), (run.Exit, ends));
        Assert.Contains("goes on: no majority answered", run.Error, StringComparison.Ordinal);
        api.Unseat = id => id == new NodeId(1) ? null : "another one";
        run = await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "leave");
        Assert.Equal((0, "the node has given up its vote and ends\n"), (run.Exit, run.Output));
        await Soon.UntilAsync(() => ends == 1, "it ends");
        Assert.Equal(405, RunningApi.Status(await api.GetAsync("/api/v1/leave")));
    }

    private static async Task<RunningApi> WithAsync(ReplicaSet? roster)
    {
        var api = await RunningApi.StartAsync();
        api.Snapshot = api.Snapshot with
        {
            Agreement = new AgreementStatus
            {
                Expected = 3,
                Roster = roster,
                IsVoting = roster is not null,
                Awaited = [],
                Changes = 1,
                Readings = 2,
                Refusals = 3,
                Log = default,
                IsFull = false,
            },
        };
        return api;
    }
}
