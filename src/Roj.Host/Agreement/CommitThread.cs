using Roj.Log;
using Roj.Log.Disk;

namespace Roj.Host.Agreement;

/// <summary>The thread on which commits wait for the disk, so that nothing else does.</summary>
/// <remarks>One at a time is given to it; what comes meanwhile goes into the next one.</remarks>
internal sealed class CommitThread : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILogDisk disk;
    private readonly Action<LogCommit> done;
    private readonly Thread thread;
    private readonly object gate = new(); // waited on: a Lock can't be
    private LogCommit? next;
    private bool isClosed;

    /// <summary>Starts it.</summary>
    /// <param name="disk">Where to.</param>
    /// <param name="done">Told on that thread of each that was carried out, well or not.</param>
    public CommitThread(ILogDisk disk, Action<LogCommit> done)
    {
        (this.disk, this.done) = (disk, done);
        thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "log" };
        thread.Start();
    }

    /// <summary>Carries one out.</summary>
    public void Carry(LogCommit commit)
    {
        lock (gate)
        {
            next = commit;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits for the one under way, and ends; a disk that hangs holds nobody up.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.Pulse(gate);
        }

        thread.Join(Patience);
    }

    private void Run()
    {
        while (Take() is { } commit)
        {
            commit.Write(disk);
            commit.Sync(disk); // nothing, if the writing came to nothing
            done(commit);
        }
    }

    private LogCommit? Take()
    {
        lock (gate)
        {
            while (next is null && !isClosed)
                Monitor.Wait(gate);
            var taken = next;
            next = null;
            return taken;
        }
    }
}
