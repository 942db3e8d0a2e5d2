using System.Diagnostics;
using System.Globalization;
using System.Text;
using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>Clients in closed loops: each makes a change, waits until it is acknowledged, and makes the next.</summary>
internal static class Load
{
    /// <summary>What it says when the warm-up is over.</summary>
    public const string Measuring = "measuring";

    /// <summary>How long a value is.</summary>
    public const int ValueBytes = 100;

    /// <summary>Loads the subject, and says on the output how that went.</summary>
    public static async Task RunAsync(LoadOrder order)
    {
        var connections = Enumerable.Range(0, order.Connections).Select(_ => order.Subject.Connect(order.Address)).ToArray();
        var from = Stopwatch.GetTimestamp() + Ticks(order.WarmUp);
        var until = from + Ticks(order.Measured);
        var clients = Enumerable.Range(0, order.Clients)
            .Select(client => Task.Run(() => ChangeAsync(connections[client % connections.Length], client, from, until))).ToArray();
        await Task.WhenAny(Task.Delay(order.WarmUp), Task.WhenAny(clients)).ConfigureAwait(false);
        Console.WriteLine(Measuring);
        var cpu = Environment.CpuUsage.TotalTime;
        var latencies = (await Task.WhenAll(clients).ConfigureAwait(false)).SelectMany(list => list).ToArray();
        cpu = Environment.CpuUsage.TotalTime - cpu;

        if (latencies.Length == 0)
            throw new LabException("not one change was acknowledged");
        Array.Sort(latencies);
        TimeSpan At(int percent) => Stopwatch.GetElapsedTime(0, latencies[((latencies.Length * (long)percent) + 99) / 100 - 1]);
        Console.WriteLine(new LoadResult(latencies.Length, order.Measured, At(50), At(99), cpu).ToLine());
        foreach (var connection in connections)
            connection.Dispose();
    }

    // A change counts if its acknowledgement comes within the measured time.
    private static async Task<List<long>> ChangeAsync(IRegisterConnection connection, int client, long from, long until)
    {
        var key = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bench/{client}"));
        var value = new byte[ValueBytes];
        List<long> latencies = [];
        for (long change = 0; ; change++)
        {
            BitConverter.TryWriteBytes(value, change); // no two are equal
            var asked = Stopwatch.GetTimestamp();
            await connection.PutAsync(key, value).ConfigureAwait(false);
            var done = Stopwatch.GetTimestamp();
            if (done > until)
                return latencies;
            if (done >= from)
                latencies.Add(done - asked);
        }
    }

    private static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
