using System.Collections.Concurrent;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>Work that runs as long as something is so, without a node.</summary>
public sealed class TurnsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<string> late = new();
    private readonly ConcurrentQueue<string> begun = new();
    private readonly Turns<string> turns;

    public TurnsTests() => turns = new Turns<string>(late.Enqueue);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_runs_each_time_and_is_told_when_that_is_over()
    {
        var running = turns.RunAsync(UntilLostAsync, Cancelled);
        Assert.False(turns.IsOn);
        turns.Begin("one");
        Assert.True(turns.IsOn);
        await BegunAsync("one");
        turns.End(Long);
        await turns.IdleAsync().WaitAsync(Soon.Limit, Cancelled);
        Assert.False(turns.IsOn);
        turns.Begin("two");
        await BegunAsync("one", "two");
        turns.Begin("three"); // which ends the one before
        await BegunAsync("one", "two", "three");
        turns.Close(null, Long);
        await running.WaitAsync(Soon.Limit, Cancelled);
        Assert.DoesNotContain(late, what => what != "two"); // to which no time was left
    }

    [Fact]
    public async Task What_returns_is_not_run_again_before_the_next_time()
    {
        turns.Begin("one");
        var running = turns.RunAsync(
            (what, _) =>
            {
                begun.Enqueue(what);
                return Task.CompletedTask;
            },
            Cancelled);
        await BegunAsync("one");
        await turns.IdleAsync().WaitAsync(Soon.Limit, Cancelled);
        turns.End(Long);
        turns.Begin("two");
        await BegunAsync("one", "two");
        turns.Close(null, Long);
        await running.WaitAsync(Soon.Limit, Cancelled);
    }

    [Fact]
    public async Task What_throws_ends_it_and_so_does_one_that_gives_up_by_itself()
    {
        turns.Begin("one");
        await Assert.ThrowsAsync<InvalidDataException>(() => turns.RunAsync((_, _) => throw new InvalidDataException(), Cancelled));
        await Assert.ThrowsAsync<TaskCanceledException>(() => turns.RunAsync((_, _) => throw new TaskCanceledException(), Cancelled));
        Assert.True(turns.IsOn);
    }

    [Fact]
    public async Task The_token_says_so_at_once_whatever_hangs_on_it()
    {
        using var hold = new ManualResetEventSlim();
        CancellationToken token = default;
        var running = turns.RunAsync(
            async (what, lost) =>
            {
                using var slow = lost.Register(() => hold.Wait(Soon.Limit));
                token = lost;
                await UntilLostAsync(what, lost);
            },
            Cancelled);
        turns.Begin("one");
        await BegunAsync("one");
        turns.End(Long); // comes back though a callback waits
        Assert.True(token.IsCancellationRequested);
        hold.Set();
        turns.Close(null, Long);
        await running.WaitAsync(Soon.Limit, Cancelled);
    }

    [Fact]
    public async Task What_takes_no_notice_is_told_of_and_runs_alone_until_it_returns()
    {
        var stubborn = new TaskCompletionSource();
        var running = turns.RunAsync(
            (what, lost) =>
            {
                begun.Enqueue(what);
                return what == "one" ? stubborn.Task : UntilLostAsync("again", lost);
            },
            Cancelled);
        turns.Begin("one");
        await BegunAsync("one");
        turns.End(TimeSpan.Zero);
        turns.Begin("two");
        await Soon.UntilAsync(() => late.Contains("one"), "it is told of");
        Assert.Equal(["one"], begun);
        stubborn.SetResult();
        await BegunAsync("one", "two", "again");
        turns.Close(null, Long);
        await running.WaitAsync(Soon.Limit, Cancelled);
        Assert.Equal(["one"], late);
    }

    [Fact]
    public async Task Who_gives_up_has_his_work_end_and_nobody_elses()
    {
        using var given = new CancellationTokenSource();
        turns.Begin("one");
        var one = turns.RunAsync(UntilLostAsync, given.Token);
        var other = turns.RunAsync((_, lost) => UntilLostAsync("other", lost), Cancelled);
        await Soon.UntilAsync(() => begun.Count == 2, "both run");
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.WaitAsync(Soon.Limit, Cancelled));
        Assert.False(other.IsCompleted);
        turns.Close(null, Long);
        await other.WaitAsync(Soon.Limit, Cancelled);
    }

    [Fact]
    public async Task After_the_end_there_is_no_other_time_and_a_failure_is_everybodys()
    {
        turns.Begin("one");
        var running = turns.RunAsync(UntilLostAsync, Cancelled);
        await BegunAsync("one");
        turns.Close(new RojException("no more"), Long);
        Assert.Equal("no more", (await Assert.ThrowsAsync<RojException>(() => running.WaitAsync(Soon.Limit, Cancelled))).Message);
        turns.Begin("two");
        Assert.False(turns.IsOn);
        turns.Close(null, Long); // the first end counts
        await Assert.ThrowsAsync<RojException>(() => turns.RunAsync(UntilLostAsync, Cancelled));
        Assert.Equal(["one"], begun);
    }

    private Task BegunAsync(params string[] all) => Soon.UntilAsync(() => begun.SequenceEqual(all), $"begun: {string.Join(", ", all)}");

    private Task UntilLostAsync(string what, CancellationToken lost)
    {
        begun.Enqueue(what);
        return Task.Delay(Timeout.Infinite, lost);
    }
}
