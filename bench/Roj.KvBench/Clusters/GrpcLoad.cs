using System.Diagnostics;
using System.Text;
using Roj.RegisterBench;

namespace Roj.KvBench;

/// <summary>Clients of etcd. They share connections, which is how it serves most: one thread of a connection lets those go on whose answers
/// have come, and sends all that they ask next at once.</summary>
internal static class GrpcLoad
{
    // HTTP/2 lets 64 KiB be under way before the other side says what it took.
    private const int UnderWayMax = 256;

    /// <summary>Runs them.</summary>
    /// <exception cref="EndToEnd.LabException">One is refused, or hung up on.</exception>
    public static async Task RunAsync(ClusterLoad load)
    {
        var isPut = load.Does is ClusterLoad.Put or ClusterLoad.Fill;
        var count = ((load.Clients * load.Pipeline) + UnderWayMax - 1) / UnderWayMax;
        EtcdConnection[] connections =
        [
            .. Enumerable.Range(0, count).Select(_ => new EtcdConnection(
                load.Doors[0], isPut ? EtcdConnection.Put : EtcdConnection.Range, isPut ? 1 : ClusterLoad.ValueBytes)),
        ];
        var run = new LoadRun(load);
        await Task.WhenAll(Enumerable.Range(0, load.Clients).Select(client =>
            Task.Run(() => AskAsync(load, run, connections[client % count], isPut)))).ConfigureAwait(false);
        run.Tell();
        foreach (var connection in connections)
            connection.Dispose();
    }

    private static async Task AskAsync(ClusterLoad load, LoadRun run, EtcdConnection connection, bool isPut)
    {
        var value = isPut ? Encoding.ASCII.GetBytes(new string('v', ClusterLoad.ValueBytes)) : [];
        var asked = new Task[load.Pipeline];
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < asked.Length; i++)
            {
                int key;
                lock (run)
                    key = run.NextKey();
                asked[i] = connection.PutAsync(Encoding.ASCII.GetBytes($"key:{key:D10}"), value);
            }

            // One after another: the last that is awaited is about the last that comes.
            foreach (var one in asked)
                await one.ConfigureAwait(false);
            var ended = Stopwatch.GetTimestamp();
            lock (run)
            {
                run.Ended(begun, ended);
                if (run.IsOver(ended))
                    return;
            }
        }
    }
}
