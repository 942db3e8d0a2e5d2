using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Tests.Host.Http;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>What readers are told, without a node.</summary>
public sealed class MemberFeedTests
{
    private readonly MemberFeed feed = new();

    public MemberFeedTests() => feed.Be(Portrait.Member(1, "earth"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_each_member_joining_comes_first_and_its_end_last()
    {
        await using var reader = await ReaderAsync();
        Turn(MemberState.Alive, null);
        Turn(MemberState.Suspect, MemberState.Alive);
        Turn(MemberState.Alive, MemberState.Suspect);
        Turn(MemberState.Dead, MemberState.Alive);
        Turn(MemberState.Left, MemberState.Dead); // it was gone already
        Turn(MemberState.Alive, MemberState.Left);
        Turn(MemberState.Left, MemberState.Alive);
        feed.Keep(new MembershipEvent.Forgotten(new NodeId(2)));
        Assert.Equal(["earth"], feed.Members.Select(member => member.Name));
        feed.End(null);
        Assert.Equal(
            [
                "joined: pluto 127.0.0.2:7071 alive",
                "changed: pluto 127.0.0.2:7071 suspect",
                "changed: pluto 127.0.0.2:7071 alive",
                "died: pluto 127.0.0.2:7071 dead",
                "joined: pluto 127.0.0.2:7071 alive",
                "left: pluto 127.0.0.2:7071 left",
            ],
            (await RestAsync(reader)).Select(happened => happened.ToString()));
    }

    [Fact]
    public async Task Who_is_gone_when_the_reading_begins_is_not_told_of()
    {
        Turn(MemberState.Dead, null);
        await using var reader = await ReaderAsync();
        feed.End(null);
        Assert.Empty(await RestAsync(reader));
        Assert.Equal([RojMemberState.Alive, RojMemberState.Dead], feed.Members.Select(member => member.State));
    }

    [Theory]
    [InlineData(MemberFeed.WaitingMax, 0)]
    [InlineData(MemberFeed.WaitingMax + 1, 1)]
    [InlineData(MemberFeed.WaitingMax + 700, 700)]
    public async Task Who_is_slow_is_told_how_many_he_missed(int events, int missed)
    {
        await using var reader = await ReaderAsync();
        for (var i = 0; i < events; i++)
            Turn(MemberState.Alive, MemberState.Alive);
        feed.End(null);
        var told = await RestAsync(reader);
        Assert.Equal(missed, told.OfType<MemberEvent.Missed>().Sum(gap => gap.Count));
        Assert.Equal(events - missed, told.Count(happened => happened is not MemberEvent.Missed));
        Assert.Equal(missed > 0, told[0] is MemberEvent.Missed); // before what comes after the gap
    }

    [Fact]
    public async Task A_failure_ends_every_reader_with_its_reason()
    {
        await using var reader = await ReaderAsync();
        feed.End(new RojException("no more"));
        Assert.Equal("no more", (await Assert.ThrowsAsync<RojException>(() => RestAsync(reader))).Message);
        await using var late = feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        await Assert.ThrowsAsync<RojException>(() => RestAsync(late));
    }

    [Fact]
    public async Task One_reader_too_many_is_refused_until_another_has_gone()
    {
        List<IAsyncEnumerator<MemberEvent>> readers = [];
        for (var i = 0; i < MemberFeed.ReadersMax; i++)
            readers.Add(await ReaderAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(ReaderAsync);
        await readers[0].DisposeAsync();
        await using var another = await ReaderAsync();
    }

    [Fact]
    public void An_incarnation_of_our_own_that_grew_is_seen()
    {
        var said = new Rumour(new NodeId(1), 7, MemberState.Suspect, default, new NodeId(2), null);
        feed.Keep(new MembershipEvent.Refuted(said, 77));
        Assert.Equal((77UL, 77UL), (feed.Self!.Incarnation, Assert.Single(feed.Members).Incarnation));
    }

    // One that has begun to read: it was told that mars is here, and nothing else yet.
    private async Task<IAsyncEnumerator<MemberEvent>> ReaderAsync()
    {
        feed.Keep(new MembershipEvent.Changed(Portrait.Member(3, "mars"), null));
        var reader = feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await reader.MoveNextAsync());
        feed.Keep(new MembershipEvent.Forgotten(new NodeId(3)));
        return reader;
    }

    private static async Task<List<MemberEvent>> RestAsync(IAsyncEnumerator<MemberEvent> reader)
    {
        List<MemberEvent> rest = [];
        while (await reader.MoveNextAsync())
            rest.Add(reader.Current);
        return rest;
    }

    private void Turn(MemberState state, MemberState? before) =>
        feed.Keep(new MembershipEvent.Changed(Portrait.Member(2, "pluto", state), before));
}
