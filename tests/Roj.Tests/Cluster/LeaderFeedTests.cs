using Roj.Election;
using Roj.Kernel;
using Roj.Tests.Host.Http;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>What readers are told of leaders and colors, without a node.</summary>
public sealed class LeaderFeedTests
{
    private static readonly Term led = new(3, new NodeId(2));
    private static readonly Colouring colouring = Colouring.Of(led, 4, [new NodeId(1), new NodeId(2)]);

    private readonly MemberFeed feed = new();

    public LeaderFeedTests() => feed.Be(Portrait.Member(1, "earth"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_begins_to_read_hears_how_it_stands_and_then_what_changes()
    {
        feed.Lead(led, "it leads");
        Assert.Equal(RojColor.Red, feed.Paint(colouring));
        await using var reader = feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await reader.MoveNextAsync());
        feed.Lead(null, "it is gone");
        feed.End(null);
        List<string> told = [reader.Current.ToString()];
        while (await reader.MoveNextAsync())
            told.Add(reader.Current.ToString());
        Assert.Equal(
            [$"leader: {new NodeId(2)} in term 3", "colors: 1 of 2 green, this node red", "no leader: it is gone"], told);
        Assert.Equal((0L, 2L, null), (feed.Count, feed.Changes, feed.Leader)); // nothing happened to a member
        Assert.Equal(RojColor.Green, feed.Colors.Colors[new NodeId(2).ToString()]);
    }

    [Fact]
    public async Task Where_nobody_leads_nothing_is_told_of_that()
    {
        await using var reader = feed.ReadAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        var next = reader.MoveNextAsync();
        Assert.Equal((null, RojColor.None, 0), (feed.Leader, feed.Colors.Own, feed.Colors.Colors.Count));
        feed.Lead(led, "it leads");
        Assert.True(await next);
        Assert.Equal(new MemberEvent.LeaderChanged(RojTerm.Of(led), "it leads"), reader.Current);
    }
}
