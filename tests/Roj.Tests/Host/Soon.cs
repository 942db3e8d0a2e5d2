using System.Diagnostics;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>Waits for what sockets and threads do, always with a limit.</summary>
internal static class Soon
{
    /// <summary>What does not happen within this never does: a machine that is busy with other tests is slow, which is no fault.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Whether others kept the pool's threads busy, for whoever looks for the cause.</summary>
    private static string Pool => $"{ThreadPool.ThreadCount} threads of the pool, {ThreadPool.PendingWorkItemCount} wait for one";

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var begun = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(2, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"not within {Limit.TotalSeconds} s: {what}; {Pool}");
    }

    /// <summary>The same of what takes time to find out.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"in vain: {what}; {Pool}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
