using System.Diagnostics;
using System.Globalization;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>What a load generator counts while it runs, and says on its output.</summary>
internal sealed class LoadRun
{
    /// <summary>What it says when the warm-up is over.</summary>
    public const string Measuring = "measuring";

    private readonly ClusterLoad load;
    private readonly List<long> turns = [];
    private readonly Random random = new(1);
    private readonly long from;
    private readonly long until;
    private TimeSpan cpu;
    private int filled;
    private int told; // of the turns
    private long second;
    private bool isMeasuring;

    /// <summary>Time runs from now.</summary>
    public LoadRun(ClusterLoad load)
    {
        this.load = load;
        from = Stopwatch.GetTimestamp() + Ticks(load.WarmUp);
        until = from + Ticks(load.Measured);
    }

    /// <summary>Whether it is over, by the time that something ended.</summary>
    public bool IsOver(long at) => load.Does == ClusterLoad.Fill ? filled >= load.Keys : at > until;

    /// <summary>The key that the next request is about.</summary>
    public int NextKey() => load.Does == ClusterLoad.Fill ? filled++ % load.Keys : random.Next(load.Keys);

    /// <summary>A turn of a client, all of whose requests were answered.</summary>
    /// <param name="begun">When it said the first.</param>
    /// <param name="ended">When it had heard the last answer.</param>
    public void Ended(long begun, long ended)
    {
        if (!isMeasuring && ended >= from)
        {
            isMeasuring = true;
            cpu = Environment.CpuUsage.TotalTime;
            Console.WriteLine(Measuring);
        }

        if (ended < from || ended > until)
            return;
        TellUntil((ended - from) / Stopwatch.Frequency);
        turns.Add(ended - begun);
    }

    /// <summary>Says how it went.</summary>
    /// <exception cref="LabException">Nothing was answered.</exception>
    public void Tell()
    {
        cpu = Environment.CpuUsage.TotalTime - cpu;
        if (load.Does != ClusterLoad.Fill && turns.Count == 0)
            throw new LabException("nothing was answered");
        TellUntil(second + 1);
        Console.WriteLine($"{LoadFigures.Mark}{Figures(turns)} {cpu.Ticks.ToString(CultureInfo.InvariantCulture)}");
    }

    // Each second when it is over, for who ends it before its time.
    private void TellUntil(long next)
    {
        if (next == second)
            return;
        Console.WriteLine($"second {second} {Figures(turns[told..])}");
        (second, told) = (next, turns.Count);
    }

    private string Figures(List<long> some)
    {
        long[] took = [.. some.Order()];
        long At(double share) => took.Length == 0 ? 0 : Stopwatch.GetElapsedTime(0, took[(int)Math.Ceiling(took.Length * share) - 1]).Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{(long)took.Length * load.Pipeline} {At(0.5)} {At(0.99)} {At(1)}");
    }

    private static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
