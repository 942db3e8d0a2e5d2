using System.Globalization;
using Roj.MembershipBench;

namespace Roj.RegisterBench;

/// <summary>The figures, for people.</summary>
internal static class Table
{
    /// <summary>Says on the error output how a run went, so that nobody waits in the dark.</summary>
    public static void Tell(Outcome outcome) => Console.Error.WriteLine(
        $"{outcome.Clients,3} clients  {outcome.Subject,-5}" + (outcome.Failure is { } failure
            ? $" failed: {failure}"
            : $"{Text(outcome.PerSecond),9} changes/s  p50 {Text(outcome.P50)} ms  p99 {Text(outcome.P99)} ms"));

    /// <summary>A line for each subject and number of clients: medians, and the least and most changes per second of any run.</summary>
    public static void Print(IReadOnlyCollection<Outcome> outcomes)
    {
        Console.WriteLine(
            $"\n{"",-18}{"changes",9}{"min",9}{"max",9}{"p50",8}{"p99",8}"
            + $"{"syncs",8}{"nodes' CPU",12}{"client's",10}{"others",8}{"memory",8}");
        Console.WriteLine(
            $"{"",-18}{"/s",9}{"/s",9}{"/s",9}{"ms",8}{"ms",8}{"/change",8}{"µs/change",12}{"µs",10}{"%",8}{"MiB",8}");
        foreach (var group in outcomes.GroupBy(outcome => (outcome.Clients, outcome.Subject)).OrderBy(group => group.Key.Clients))
            Console.WriteLine(Row($"{group.Key.Clients,3} clients  {group.Key.Subject,-5}", [.. group]));
    }

    /// <summary>A line for each claim, and a last one; gives back whether all were kept. One that could not be judged was not.</summary>
    public static bool Print(IReadOnlyCollection<Claim> claims, IReadOnlyCollection<Outcome> outcomes)
    {
        Console.WriteLine();
        var kept = 0;
        foreach (var claim in claims)
        {
            var measured = claim.Measured(outcomes);
            kept += measured >= claim.Times ? 1 : 0;
            var verdict = measured is null ? "NOT JUDGED" : measured >= claim.Times ? "pass" : "MISSED";
            var what = $"{claim.Clients,3} clients: roj's changes per second over etcd's";
            Console.WriteLine($"{what}{Text(measured),8}  at least {Text(claim.Times)}  {verdict}");
        }

        var failed = outcomes.Count(outcome => outcome.Failure is not null);
        Console.WriteLine($"{kept} of {claims.Count} claims kept, {failed} of {outcomes.Count} runs failed, "
            + $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end");
        return kept == claims.Count;
    }

    private static string Row(string head, Outcome[] all)
    {
        Outcome[] right = [.. all.Where(outcome => outcome.Failure is null)];
        if (right.Length == 0)
            return $"{head}  {all[0].Failure}";
        string Median(Func<Outcome, double> value) => Text(Rank.Of(right.Select(value), 50));
        return $"{head}{Median(run => run.PerSecond),9}{Text(right.Min(run => run.PerSecond)),9}{Text(right.Max(run => run.PerSecond)),9}"
            + $"{Median(run => run.P50),8}{Median(run => run.P99),8}{Median(run => run.Syncs),8}{Median(run => run.Cpu),12}"
            + $"{Median(run => run.ClientCpu),10}{Median(run => run.Others * 100),8}{Median(run => run.PeakMiB),8}";
    }

    private static string Text(double? value) =>
        value is { } number ? number.ToString(number >= 100 ? "N0" : number >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture) : "";
}
