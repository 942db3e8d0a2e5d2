using System.Globalization;
using System.Text;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>A program's own work goes round whole nodes in this process, and outlives them.</summary>
public sealed class TokenWorkTests
{
    private readonly Place place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_goes_round_and_goes_on_when_a_node_leaves()
    {
        var book = new Book();
        List<RojCluster> nodes = [];
        try
        {
            for (var i = 0; i < 3; i++)
            {
                var options = place.Options(i);
                options.Tokens.Add("count", new Counting(book, $"node-{i}"));
                nodes.Add(await RojCluster.StartAsync(options, cancellation: Cancelled));
            }

            await Soon.UntilAsync(() => book.Workers == 3, "each has had turns");
            await nodes[0].DisposeAsync();
            nodes.RemoveAt(0);
            var at = book.Count;
            await Soon.UntilAsync(() => book.Count > at + 10, "it goes on without it");
            var found = (await nodes[0].FindTokenAsync("count", Cancelled))!;
            Assert.Equal(found.Progress.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(found.Data.Span));
            Assert.Null(await nodes[0].FindTokenAsync("other", Cancelled));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Work_has_ended_before_another_has_the_token_when_its_node_leaves()
    {
        var desk = new Desk();
        List<RojCluster> nodes = [];
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var options = place.Options(i);
                options.Tokens.Add("slow", new Slow(desk, i));
                nodes.Add(await RojCluster.StartAsync(options, cancellation: Cancelled));
            }

            await Soon.UntilAsync(() => desk.Seen.Contains(0) && desk.Seen.Contains(1), "each has had turns");
            await Soon.UntilAsync(() => desk.Worker == 0, "the first works");
            await nodes[0].DisposeAsync();
            nodes.RemoveAt(0);
            var from = desk.Turns;
            await Soon.UntilAsync(() => desk.Turns > from, "the other goes on");
            Assert.False(desk.WasShared, "two worked at a time");
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Work_that_throws_or_falls_back_changes_nothing_and_the_token_goes_on()
    {
        var options = place.Options(0);
        options.Tokens.Add("bad", new Failing());
        await using var node = await RojCluster.StartAsync(options, cancellation: Cancelled);
        for (var found = await node.FindTokenAsync("bad", Cancelled); !(found?.Fence.Sequence > 4);)
        {
            await Task.Delay(10, Cancelled); // xunit ends it when it takes too long
            found = await node.FindTokenAsync("bad", Cancelled);
        }

        Assert.Equal(0UL, (await node.FindTokenAsync("bad", Cancelled))!.Progress);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a23456789012345678901234567890123")]
    public async Task Names_that_no_token_has_are_refused(string name)
    {
        var options = place.Options(0);
        options.Tokens.Add(name, new Failing());
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => RojCluster.StartAsync(options, cancellation: Cancelled));
        Assert.Contains("RojOptions.Tokens", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Book
    {
        private readonly Lock gate = new();
        private readonly SortedSet<string> workers = [];

        public int Count { get; private set; }

        public int Workers
        {
            get
            {
                lock (gate)
                    return workers.Count;
            }
        }

        public void Note(string who)
        {
            lock (gate)
            {
                workers.Add(who);
                Count++;
            }
        }
    }

    private sealed class Counting(Book book, string who) : IRojTokenWork
    {
        public async Task<RojTurnResult?> WorkAsync(RojTurn turn, CancellationToken lost)
        {
            await Task.Delay(5, lost);
            book.Note(who);
            var next = turn.Progress + 1;
            return new RojTurnResult(next, Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private sealed class Desk
    {
        private readonly Lock gate = new();

        public SortedSet<int> Seen { get; private set; } = [];

        public int? Worker { get; private set; }

        public int Turns { get; private set; }

        public bool WasShared { get; private set; }

        public void Sit(int who)
        {
            lock (gate)
            {
                WasShared |= Worker is not null;
                (Worker, Turns, Seen) = (who, Turns + 1, [.. Seen, who]);
            }
        }

        public void Rise()
        {
            lock (gate)
                Worker = null;
        }
    }

    // It takes a while to notice that its turn is over.
    private sealed class Slow(Desk desk, int who) : IRojTokenWork
    {
        public async Task<RojTurnResult?> WorkAsync(RojTurn turn, CancellationToken lost)
        {
            desk.Sit(who);
            await Task.Delay(600, CancellationToken.None);
            desk.Rise();
            return null;
        }
    }

    private sealed class Failing : IRojTokenWork
    {
        public Task<RojTurnResult?> WorkAsync(RojTurn turn, CancellationToken lost) =>
            turn.Fence.Sequence % 2 == 0 ? throw new InvalidOperationException("no") : Task.FromResult<RojTurnResult?>(null);
    }
}
