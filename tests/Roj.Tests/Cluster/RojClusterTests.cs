using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>Whole nodes in this process, on addresses of the loopback.</summary>
public sealed class RojClusterTests
{
    private readonly Place place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_see_each_other_and_all_that_each_says_of_itself()
    {
        var options = place.Options(1);
        options.Tags["rack"] = "7";
        await using var one = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        await using var other = await RojCluster.StartAsync(options, cancellation: Cancelled);
        await Soon.UntilAsync(() => Find(one, "node-1")?.Tags.Count == 1 && Find(other, "node-0") is not null, "they see each other");

        var seen = Find(one, "node-1")!;
        Assert.Equal((other.Self.Id, $"{place.Address(1)}:{place.Port}", RojMemberState.Alive, other.Self.Incarnation),
            (seen.Id, seen.Address.ToString(), seen.State, seen.Incarnation));
        Assert.Equal(("7", true), (seen.Tags["rack"], seen.IsHere));
        Assert.Empty(seen.Services); // nobody can ask it by HTTP
        Assert.Equal((place.Name, 2, 2), (one.Name, one.Members.Count, other.Members.Count));
        Assert.Equal(32, one.Self.Id.Length);
        Assert.Equal($"node-1 {place.Address(1)}:{place.Port} alive", seen.ToString());
    }

    [Fact]
    public async Task Who_listens_hears_who_is_here_and_then_who_comes_and_goes()
    {
        await using var one = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        var other = await RojCluster.StartAsync(place.Options(1), cancellation: Cancelled);
        await Soon.UntilAsync(() => one.Members.Count == 2, "they see each other");
        await using var reader = one.Events(Cancelled).GetAsyncEnumerator(Cancelled);

        Assert.Equal("node-1", Assert.IsType<MemberEvent.Joined>(await NextAsync(reader)).Member.Name);
        await using var third = await RojCluster.StartAsync(place.Options(2), cancellation: Cancelled);
        Assert.Equal("node-2", Assert.IsType<MemberEvent.Joined>(await NextAsync(reader)).Member.Name);
        await other.DisposeAsync();
        var left = Assert.IsType<MemberEvent.Left>(await NextAsync(reader)).Member;
        Assert.Equal(("node-1", RojMemberState.Left, false), (left.Name, left.State, left.IsHere));
        Assert.Same(left, Find(one, "node-1"));
        await using var again = await RojCluster.StartAsync(place.Options(1), cancellation: Cancelled);
        var back = Assert.IsType<MemberEvent.Joined>(await NextAsync(reader)).Member;
        Assert.Equal("node-1", back.Name);
        Assert.NotEqual(left.Id, back.Id); // nothing was kept: it is somebody else

        await one.DisposeAsync();
        Assert.False(await reader.MoveNextAsync().AsTask().WaitAsync(Soon.Limit, Cancelled));
    }

    [Fact]
    public async Task A_node_runs_until_it_is_disposed_of_and_that_may_be_twice()
    {
        var node = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        Assert.True(node.IsRunning);
        await node.DisposeAsync();
        await node.DisposeAsync();
        Assert.Equal((false, null, 1), (node.IsRunning, node.Failure, node.Members.Count));
        Assert.Empty(await node.Events(Cancelled).ToListAsync(Cancelled));
    }

    [Fact]
    public async Task A_data_directory_makes_it_the_same_node_in_a_later_incarnation()
    {
        using var folder = new ScratchFolder();
        var options = place.Options(0);
        options.DataDirectory = folder.At("node");
        RojMember before;
        await using (var node = await RojCluster.StartAsync(options, cancellation: Cancelled))
        {
            before = node.Self;
            var second = place.Options(1);
            second.DataDirectory = options.DataDirectory;
            var taken = await Assert.ThrowsAsync<RojException>(() => RojCluster.StartAsync(second, cancellation: Cancelled));
            Assert.Contains("another node", taken.Message, StringComparison.Ordinal);
            Assert.EndsWith("a RojOptions.DataDirectory of its own", taken.Message, StringComparison.Ordinal);
        }

        await using var again = await RojCluster.StartAsync(options, cancellation: Cancelled);
        Assert.Equal(before.Id, again.Self.Id);
        Assert.True(again.Self.Incarnation > before.Incarnation);
    }

    [Fact]
    public async Task Where_another_listens_none_begins_and_the_message_names_the_options()
    {
        await using var node = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        var e = await Assert.ThrowsAsync<RojException>(() => RojCluster.StartAsync(place.Options(0), cancellation: Cancelled));
        Assert.StartsWith($"cannot listen on {place.Address(0)}:{place.Port} (UDP and TCP): ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("; RojOptions.Address and RojOptions.Port say where", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_before_anything_begins()
    {
        var options = place.Options(0);
        options.Port = 0;
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => RojCluster.StartAsync(options, cancellation: Cancelled));
        Assert.Equal("RojOptions.Port takes a whole number from 1 to 65535, not '0'", e.Message);
    }

    [Fact]
    public async Task Who_gave_up_leaves_nothing_behind()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RojCluster.StartAsync(place.Options(0), cancellation: new CancellationToken(canceled: true)));
        await using var node = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled); // the port is free again
    }

    [Fact]
    public async Task What_happens_is_logged_with_its_parts()
    {
        var log = new TestLog();
        await using (var one = await RojCluster.StartAsync(place.Options(0), log, Cancelled))
        await using (var other = await RojCluster.StartAsync(place.Options(1), cancellation: Cancelled))
        {
            var line = $"Information: node-1 {other.Self.Id} at {place.Address(1)}:{place.Port} is alive, was unknown, incarnation "
                + other.Self.Incarnation;
            await Soon.UntilAsync(() => log.Lines.Contains(line), line);
            Assert.StartsWith($"Information: listening on {place.Address(0)}:{place.Port}: ", log.Lines.First(), StringComparison.Ordinal);
        }

        Assert.Equal("Information: leaving", log.Lines.Last(line => !line.Contains(" at ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Members_are_measured_by_state_as_long_as_the_node_runs()
    {
        ConcurrentDictionary<string, int> seen = new();
        await using var node = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Roj", Name: "roj.members" })
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            // Nodes of other tests measure too.
            if (tags.ToArray().Contains(new("node", node.Self.Id)))
                seen[(string)tags.ToArray().Single(tag => tag.Key == "state").Value!] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((4, 1, 0), (seen.Count, seen["alive"], seen["left"]));

        seen.Clear();
        await node.DisposeAsync();
        listener.RecordObservableInstruments();
        Assert.Empty(seen);
    }

    private static RojMember? Find(RojCluster node, string name) => node.Members.FirstOrDefault(member => member.Name == name);

    // The next about a member that is more than its telling of its tags.
    private static async Task<MemberEvent> NextAsync(IAsyncEnumerator<MemberEvent> reader)
    {
        do
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Soon.Limit));
        while (reader.Current is MemberEvent.Changed or MemberEvent.LeaderChanged or MemberEvent.ColorsChanged);
        return reader.Current;
    }
}
