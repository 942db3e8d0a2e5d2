using Roj.MembershipBench;

namespace Roj.KvBench;

/// <summary>The figures, for people.</summary>
internal static class ClusterTable
{
    /// <summary>What is claimed of Roj against etcd: of which load, whether it is about latency, and how many times etcd's.</summary>
    private static readonly (string Does, int Clients, bool IsLatency, double Times)[] claims =
    [
        (ClusterLoad.Put, 50, false, 5),
        (ClusterLoad.Put, 1, true, 1),
        (ClusterLoad.Get, 50, false, 10),
    ];

    /// <summary>Says on the error output how a load went, so that nobody waits in the dark.</summary>
    public static void Tell(ClusterOutcome one) => Console.Error.WriteLine(
        $"{one.Subject,-6}{one.Does} {one.Clients,3} clients by {one.Pipeline,2} {one.PerSecond,10:N0}/s  "
        + $"p50 {one.P50:F2} p99 {one.P99:F2} ms");

    /// <summary>A line for each load and subject, and one for each claim; gives back whether all that could be judged were kept.</summary>
    public static bool Print(IReadOnlyCollection<ClusterOutcome> all, Options options)
    {
        Console.WriteLine(
            $"medians of {options.Rounds}, {options.Seconds} s each; p50 and p99 of a client's turn in ms, CPU in µs a request");
        Console.WriteLine(
            $"{"",-33}{"a second",10}{"p50",9}{"p99",9}{"nodes' CPU",12}{"client's",10}{"others %",10}{"of etcd's",11}{"of Redis'",11}");
        foreach (var load in all.GroupBy(one => (one.Clients, one.Pipeline, one.Does)))
        {
            foreach (var subject in load.GroupBy(one => one.Subject))
            {
                double Median(Func<ClusterOutcome, double> of) => Rank.Of(subject.Select(of), 50);
                string Times(string other) => subject.Key == "roj" && RateOf(load, other) is { } rate
                    ? $"{Median(one => one.PerSecond) / rate:F2}" : "";
                Console.WriteLine($"{$"{load.Key.Does}, {load.Key.Clients} clients by {load.Key.Pipeline}",-26}{subject.Key,-7}"
                    + $"{Median(one => one.PerSecond),10:N0}{Median(one => one.P50),9:F2}{Median(one => one.P99),9:F2}"
                    + $"{Median(one => one.Cpu),12:F1}{Median(one => one.ClientCpu),10:F1}{Median(one => one.Others * 100),10:F0}"
                    + $"{Times("etcd"),11}{Times("redis"),11}");
            }
        }

        Console.WriteLine($"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end");
        return options.Only is null && claims.Select(claim => Print(all, claim)).ToArray().All(isKept => isKept);
    }

    private static bool Print(IReadOnlyCollection<ClusterOutcome> all, (string Does, int Clients, bool IsLatency, double Times) claim)
    {
        var (does, clients, isLatency, times) = claim;
        double Of(string subject) => Rank.Of(
            all.Where(one => one.Subject == subject && one.Does == does && one.Clients == clients && one.Pipeline == 1)
                .Select(one => isLatency ? one.P50 : one.PerSecond), 50);
        var measured = Of("roj") / Of("etcd");
        var isKept = isLatency ? measured <= times : measured >= times;
        Console.WriteLine($"{does}, {clients} clients by 1: {(isLatency ? "p50" : "a second")} {measured:F2} of etcd's, "
            + $"{(isLatency ? "at most" : "at least")} {times}{(isKept ? "" : ": MISSED")}");
        return isKept;
    }

    private static double? RateOf(IEnumerable<ClusterOutcome> load, string subject) =>
        load.Where(one => one.Subject == subject).Select(one => one.PerSecond).ToArray() is { Length: > 0 } rates
            ? Rank.Of(rates, 50)
            : null;
}
