using System.Collections.Concurrent;
using Roj.Host.Daemon;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>A whole daemon on a thread of its own; disposed of, it has said farewell.</summary>
internal sealed class RunningNode : IDisposable
{
    private readonly ConcurrentQueue<NodeNews> news = [];
    private readonly NodeJob job;
    private readonly Thread thread;
    private NodeException? failure;

    public RunningNode(NodeOptions options, Action<NodeJob>? change = null)
    {
        job = new NodeJob(options, happened => news.Enqueue(happened.News));
        change?.Invoke(job);
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    public bool IsRunning => thread.IsAlive;

    /// <summary>What it told so far.</summary>
    public IEnumerable<NodeNews> News => news;

    public int Count(Func<NodeNews, bool> condition) => news.Count(condition);

    public Task ListeningAsync() => Soon.UntilAsync(() => Count(what => what is NodeNews.Listening) > 0, "the node listens");

    /// <summary>Why it ended, which it does by itself; null if that was no failure.</summary>
    public async Task<NodeException?> EndAsync()
    {
        await Soon.UntilAsync(() => !IsRunning, "the node ends");
        return failure;
    }

    public void Dispose()
    {
        job.Stop();
        Assert.True(thread.Join(Soon.Limit));
    }

    private void Run()
    {
        try
        {
            job.Run();
        }
        catch (NodeException e)
        {
            failure = e;
        }
    }
}
