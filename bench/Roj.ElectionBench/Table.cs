using System.Globalization;
using Roj.EndToEnd;

namespace Roj.ElectionBench;

/// <summary>The figures, for people.</summary>
internal static class Table
{
    /// <summary>Says on the error output how a round went, so that nobody waits in the dark.</summary>
    public static void Tell(Outcome outcome, Round round) => Tell(
        outcome,
        (round.Led is { } led ? $"leads after {Text(led.TotalMilliseconds)} ms, " : "")
            + $"changes after {Text(round.Changed.TotalMilliseconds)} ms");

    /// <summary>Says on the error output what went wrong.</summary>
    public static void Tell(Outcome outcome, string what) =>
        Console.Error.WriteLine($"{outcome.Situation}  {outcome.Subject,-5}{outcome.Rounds.Count,3}  {what}");

    /// <summary>A line for each figure of each subject in each situation, in milliseconds.</summary>
    public static void Print(IReadOnlyCollection<Outcome> outcomes, int signal)
    {
        Console.WriteLine($"\n{"ms",-44}{"rounds",8}{"min",9}{"p50",9}{"p99",9}{"max",9}");
        foreach (var outcome in outcomes)
        {
            var head = $"{outcome.Situation}  {outcome.Subject,-5}";
            if (outcome.Rounds.Any(round => round.Led is not null))
                Console.WriteLine(Row($"{head} the next leads", outcome, round => round.Led));
            Console.WriteLine(Row(
                $"{head} {(signal == Native.SigKill ? "a change is made" : "no change is made")}", outcome, round => round.Changed));
            foreach (var failure in outcome.Failures)
                Console.WriteLine($"{head} failed: {failure}");
        }
    }

    /// <summary>A line for each claim, and a last one; gives back whether all were kept. One that could not be judged was not.</summary>
    public static bool Print(IReadOnlyCollection<Claim> claims, IReadOnlyCollection<Outcome> outcomes)
    {
        Console.WriteLine();
        foreach (var claim in claims)
        {
            var verdict = claim.Value is null ? "NOT JUDGED" : claim.IsKept ? "pass" : "MISSED";
            Console.WriteLine($"{claim.What,-58}{Text(claim.Value),8}  at most {claim.Most}  {verdict}");
        }

        var kept = claims.Count(claim => claim.IsKept);
        Console.WriteLine($"{kept} of {claims.Count} claims kept, {outcomes.Sum(outcome => outcome.Failures.Count)} turns failed, "
            + $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end");
        return kept == claims.Count;
    }

    private static string Row(string head, Outcome outcome, Func<Round, TimeSpan?> figure)
    {
        string At(int percent) => Text(outcome.Milliseconds(figure, percent));
        return $"{head,-44}{outcome.Rounds.Count,8}{At(0),9}{At(50),9}{At(99),9}{At(100),9}";
    }

    private static string Text(double? value) =>
        value is { } number ? number.ToString(number >= 100 ? "N0" : number >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture) : "";
}
