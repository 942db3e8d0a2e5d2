using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Tests.Host;
using Roj.Tests.Host.Daemon;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>Who leads a cluster of whole nodes in this process, and what runs there.</summary>
public sealed class LeadingTests : IDisposable
{
    private readonly Place place = new();
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task All_know_who_leads_and_who_is_green_and_what_runs_there_moves_with_it()
    {
        var at = new Watch();
        List<RojCluster> nodes = [];
        try
        {
            for (var i = 0; i < 3; i++)
                nodes.Add(await RojCluster.StartAsync(place.Options(i), cancellation: Cancelled));
            var works = nodes.Select(node => node.WhileLeadingAsync((term, lost) => at.WorkAsync(node, term, lost), Cancelled)).ToArray();
            await SettledAsync(nodes);
            var first = nodes[2]; // by its address
            Assert.Equal((true, first.Self.Id, RojColor.Green), (first.IsLeader, first.Leader!.Leader, first.Color));
            await using var reader = nodes[0].Events(Cancelled).GetAsyncEnumerator(Cancelled);
            Assert.True(await reader.MoveNextAsync()); // who is here; from now on nothing is missed
            await Soon.UntilAsync(() => at.Terms.Any(term => term.Leader == first.Self.Id), "the leader works");

            await first.DisposeAsync();
            await works[2].WaitAsync(Soon.Limit, Cancelled);
            nodes.RemoveAt(2);
            await SettledAsync(nodes);
            await Soon.UntilAsync(() => at.Terms.Any(term => term.Leader == nodes[1].Self.Id), "the next leader works");
            Assert.Equal((nodes[1].Self.Id, 0), (nodes[0].Leader!.Leader, at.Overlaps));
            Assert.Equal(at.Terms.Order(), at.Terms);

            List<MemberEvent> told = [];
            while (told.LastOrDefault() is not MemberEvent.LeaderChanged { Term: { } term } || term != nodes[1].Leader)
            {
                Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Soon.Limit, Cancelled));
                told.Add(reader.Current);
            }

            // In between it may hear that nobody leads, or of the next one first.
            var leaders = told.OfType<MemberEvent.LeaderChanged>().Select(change => change.Term?.Leader).OfType<string>();
            Assert.Equal([first.Self.Id, nodes[1].Self.Id], leaders);
            Assert.Equal(3, told.OfType<MemberEvent.ColorsChanged>().First().Colors.Count);
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(RojElection.Bully, false)]
    [InlineData(RojElection.Bully, true)]
    [InlineData(RojElection.Ring, false)]
    [InlineData(RojElection.Ring, true)]
    public async Task Colors_are_had_from_the_librarys_nodes_too_and_by_them_from_the_programs(RojElection election, bool hasKey)
    {
        var key = hasKey ? ClusterKey.Create() : null;
        RojOptions Options(int index)
        {
            var options = place.Options(index);
            (options.Election, options.Key) = (election, key?.Reveal());
            return options;
        }

        var program = new NodeOptions
        {
            Name = "program",
            Cluster = place.Name,
            Address = AddressOf(1),
            Port = (ushort)place.Port,
            HttpPort = Loopback.Free().Port,
            Sweep = false,
            Election = election is RojElection.Ring ? Roj.Election.ElectionKind.Ring : Roj.Election.ElectionKind.Bully,
            Key = key,
        };
        using var native = new RunningNode(program, job => job.Serve = (shell, self) =>
            NodeApi.StartAsync(shell, self, program, new EventLog()));
        await using var lesser = await RojCluster.StartAsync(Options(0), cancellation: Cancelled);
        var greatest = await RojCluster.StartAsync(Options(2), cancellation: Cancelled);
        await SettledAsync([lesser, greatest], others: 1);
        await Soon.UntilAsync(() => ColorsOf(native) is { Count: 3 }, "the program has the colors too");
        Assert.Equal(greatest.Colors, ColorsOf(native)!);

        // By address the library's node led; then the program does, and the other way round is tried.
        await greatest.DisposeAsync();
        await SettledAsync([lesser], others: 1);
        await Soon.UntilAsync(() => ColorsOf(native)!.SequenceEqual(lesser.Colors), "they agree again");
    }

    [Fact]
    public async Task Where_a_majority_agrees_one_leads_at_a_time_and_its_work_is_over_before_the_next()
    {
        var at = new Watch();
        RojOptions Options(int index)
        {
            var options = place.Options(index);
            (options.Expect, options.DataDirectory) = (3, folder.At($"{index}"));
            options.SwarmPort = Loopback.Free().Port;
            return options;
        }

        List<RojCluster> nodes = [];
        try
        {
            for (var i = 0; i < 3; i++)
                nodes.Add(await RojCluster.StartAsync(Options(i), cancellation: Cancelled));
            var works = nodes.Select(node => node.WhileLeadingAsync((term, lost) => at.WorkAsync(node, term, lost), Cancelled)).ToArray();
            await SettledAsync(nodes);
            await Soon.UntilAsync(() => !at.Terms.IsEmpty, "the leader works");
            var before = nodes[0].Leader!;
            var leader = nodes.Single(node => node.IsLeader);
            Assert.Equal(before.Leader, leader.Self.Id);
            nodes.Remove(leader);
            await leader.DisposeAsync();
            await SettledAsync(nodes);
            await Soon.UntilAsync(() => at.Terms.Count == 2, "the next leader works");
            Assert.Equal((0, true), (at.Overlaps, nodes[0].Leader! > before && nodes[0].Leader!.Counter > before.Counter));

            // One of three is no majority: it leads no more, its work is told so, and its stream says that nobody does.
            var last = nodes.Single(node => node.IsLeader);
            nodes.Remove(last);
            await using var reader = last.Events(Cancelled).GetAsyncEnumerator(Cancelled);
            Assert.True(await reader.MoveNextAsync());
            await nodes[0].DisposeAsync();
            await Soon.UntilAsync(() => !last.IsLeader && last.Leader is null && at.Working == 0, "nobody leads");
            nodes.Add(last);
            do
                Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Soon.Limit, Cancelled));
            while (reader.Current is not MemberEvent.LeaderChanged { Term: null });
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_takes_no_notice_of_its_end_holds_nobody_up_for_long_and_is_logged()
    {
        var log = new TestLog();
        var stubborn = new TaskCompletionSource();
        var node = await RojCluster.StartAsync(place.Options(0), log, Cancelled);
        var isWorking = false;
        var working = node.WhileLeadingAsync(
            (_, _) =>
            {
                isWorking = true;
                return stubborn.Task;
            },
            Cancelled);
        await Soon.UntilAsync(() => isWorking, "it leads, alone");
        await node.DisposeAsync().AsTask().WaitAsync(Soon.Limit, Cancelled);
        var complaint = $"Error: what runs while this node leads (term {node.Leader}) still runs though that is over: another may lead, "
            + "and run it too";
        await Soon.UntilAsync(() => log.Lines.Any(line => line.StartsWith("Error: what runs while", StringComparison.Ordinal)), complaint);
        stubborn.SetResult();
        await working.WaitAsync(Soon.Limit, Cancelled);
    }

    [Fact]
    public async Task Who_has_another_color_plays_anew()
    {
        await using var lesser = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        var greatest = await RojCluster.StartAsync(place.Options(1), cancellation: Cancelled);
        var played = new ConcurrentQueue<RojColor>();
        var playing = lesser.WhileColoredAsync(
            (color, over) =>
            {
                played.Enqueue(color);
                return Task.Delay(Timeout.Infinite, over);
            },
            Cancelled);
        await SettledAsync([lesser, greatest]);
        await Soon.UntilAsync(() => played.LastOrDefault() is RojColor.Red, "it is red");
        await greatest.DisposeAsync();
        await Soon.UntilAsync(() => played.LastOrDefault() is RojColor.Green, "it is green");
        Assert.Equal(RojColor.Green, lesser.Color);
        await lesser.DisposeAsync();
        await playing.WaitAsync(Soon.Limit, Cancelled);
    }

    [Fact]
    public async Task Leading_is_measured()
    {
        ConcurrentDictionary<string, long> seen = new();
        await using var node = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        await SettledAsync([node]);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Roj" && instrument.Name.StartsWith("roj.election.", StringComparison.Ordinal))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Nodes of other tests measure too.
            if (tags.ToArray().Contains(new("node", node.Self.Id)))
                seen[instrument.Name["roj.election.".Length..]] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(
            ["changes 1", "green 1", "is_leader 1", "red 0", $"term {node.Leader!.Counter}"],
            seen.Select(one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal));
    }

    private uint AddressOf(int index) => Endpoint.TryParseAddress(place.Address(index), out var address) ? address : 0;

    // One leads, all of them say the same of it, and all have the same colors, a third of them green.
    private static Task SettledAsync(List<RojCluster> nodes, int others = 0) => Soon.UntilAsync(
        () =>
        {
            var colors = nodes[0].Colors;
            var count = nodes.Count + others;
            return nodes[0].Leader is { } leader
                && nodes.All(node => node.Leader == leader && node.Colors.SequenceEqual(colors)
                    && node.Color == colors.GetValueOrDefault(node.Self.Id))
                && colors.Count == count && colors.Values.Count(color => color is RojColor.Green) == (count + 2) / 3
                && colors.GetValueOrDefault(leader.Leader) is RojColor.Green;
        },
        "one leads, and all have the same colors");

    private static SortedDictionary<string, RojColor>? ColorsOf(RunningNode node) =>
        node.News.OfType<NodeNews.OfWing>().Select(news => news.What).OfType<ColorNews>().LastOrDefault() is { Colouring: var colouring }
            ? new(colouring.Colours.ToDictionary(one => $"{one.Key}", one => Enum.Parse<RojColor>($"{one.Value}")))
            : null;

    /// <summary>What is to run once in the cluster.</summary>
    private sealed class Watch
    {
        private int working;
        private int overlaps;

        public ConcurrentQueue<RojTerm> Terms { get; } = new();

        public int Working => Volatile.Read(ref working);

        public int Overlaps => Volatile.Read(ref overlaps);

        public async Task WorkAsync(RojCluster node, RojTerm term, CancellationToken lost)
        {
            Assert.Equal(node.Self.Id, term.Leader);
            if (Interlocked.Increment(ref working) > 1)
                Interlocked.Increment(ref overlaps);
            Terms.Enqueue(term);
            try
            {
                await Task.Delay(Timeout.Infinite, lost);
            }
            finally
            {
                Interlocked.Decrement(ref working);
            }
        }
    }
}
