using System.Diagnostics;
using Roj.Host;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

public class EventLoopTests
{
    [Fact]
    public void What_is_awaited_continues_on_the_loops_thread()
    {
        var loop = new EventLoop();
        var threads = new List<int>();
        loop.Run(async () =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Run(() => { });
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Delay(1);
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Yield();
            threads.Add(Environment.CurrentManagedThreadId);
        });
        Assert.Equal(Enumerable.Repeat(Environment.CurrentManagedThreadId, 4), threads);
    }

    [Fact]
    public void The_context_before_is_put_back()
    {
        var before = SynchronizationContext.Current;
        new EventLoop().Run(() => Task.CompletedTask);
        Assert.Same(before, SynchronizationContext.Current);
        Assert.Throws<InvalidOperationException>(() => new EventLoop().Run(() => throw new InvalidOperationException()));
        Assert.Same(before, SynchronizationContext.Current);
    }

    [Fact]
    public void After_a_batch_what_it_caused_goes_out_together()
    {
        var loop = new EventLoop();
        var (inputs, sums) = (0, new List<int>());
        loop.AfterBatch = () =>
        {
            sums.Add(inputs);
            return null;
        };
        loop.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                loop.Post(_ => inputs++, null);
            await Task.Yield();
        });
        // Once before anything came, then once for all ten.
        Assert.Equal([0, 10], sums.Distinct());
    }

    [Fact]
    public void A_flood_does_not_hold_up_what_is_to_go_out()
    {
        var loop = new EventLoop();
        var (inputs, between) = (0, 0);
        loop.AfterBatch = () =>
        {
            between = inputs is > 0 and < 3000 ? between + 1 : between;
            return null;
        };
        loop.Run(async () =>
        {
            for (var i = 0; i < 3000; i++)
                loop.Post(_ => inputs++, null);
            await Task.Yield();
        });
        Assert.Equal((3000, 2), (inputs, between)); // after 1,024 and after 2,048
    }

    [Fact]
    public void A_deadline_wakes_the_loop_though_nothing_came()
    {
        var loop = new EventLoop();
        var done = new TaskCompletionSource();
        var due = loop.Now + TimeSpan.FromMilliseconds(30);
        var wakes = 0;
        loop.AfterBatch = () =>
        {
            wakes++;
            if (loop.Now >= due)
                done.TrySetResult();
            return due;
        };
        loop.Run(() => done.Task.WaitAsync(Soon.Limit));
        Assert.True(loop.Now >= due);
        Assert.InRange(wakes, 2, 10); // it slept: it did not spin until then
    }

    [Fact]
    public void A_post_from_another_thread_wakes_the_loop()
    {
        var loop = new EventLoop();
        var begun = Stopwatch.GetTimestamp();
        var posted = new TaskCompletionSource();
        loop.Run(() =>
        {
            new Thread(() => loop.Post(_ => posted.SetResult(), null)).Start();
            return posted.Task;
        });
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, Soon.Limit); // and not after the minute that it would sleep
    }

    [Fact]
    public void What_fails_ends_the_loop_with_its_exception()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => new EventLoop().Run(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("main");
        }));
        Assert.Equal("main", thrown.Message);

        var loop = new EventLoop();
        thrown = Assert.Throws<InvalidOperationException>(() => loop.Run(() =>
        {
            loop.Post(_ => throw new InvalidOperationException("posted"), null);
            return new TaskCompletionSource().Task;
        }));
        Assert.Equal("posted", thrown.Message);
    }

    [Fact]
    public void Nobody_may_block_on_the_loop() =>
        Assert.Throws<NotSupportedException>(() => new EventLoop().Send(_ => { }, null));

    [Fact]
    public void Its_clock_only_moves_forward()
    {
        var loop = new EventLoop();
        var first = loop.Now;
        Assert.True(first >= Instant.Zero);
        Assert.True(loop.Now >= first);
    }
}
