using Roj.SwarmBench.Subjects;

namespace Roj.SwarmBench;

/// <summary>What Roj claims, beside what was measured.</summary>
internal static class Targets
{
    private const int ClaimedReceivers = 8; // unshaped, the claims are about eight

    /// <summary>Every claim that the runs have both sides of.</summary>
    /// <param name="outcomes">All runs.</param>
    /// <param name="hashing">The processor time of one SHA-1 of every byte, by the size of the file.</param>
    public static IEnumerable<Target> Judge(IReadOnlyCollection<Outcome> outcomes, IReadOnlyDictionary<int, TimeSpan> hashing)
    {
        foreach (var trial in outcomes.Select(outcome => outcome.Trial).Distinct())
        {
            var of = outcomes.Where(outcome => outcome.Trial == trial && outcome.Failure is null).ToLookup(outcome => outcome.Tool);
            if (!of.Contains(RojSubject.ToolName))
                continue;
            var targets = trial.Ideal is { } ideal
                ? Shaped(trial, of, ideal)
                : trial.Receivers == ClaimedReceivers ? Unshaped(trial, of, hashing[trial.Bytes]) : [];
            foreach (var target in targets)
                yield return target;
        }
    }

    private static IEnumerable<Target> Unshaped(Trial trial, ILookup<string, Outcome> of, TimeSpan hashing)
    {
        var roj = of[RojSubject.ToolName];
        if (of.Contains(LibtorrentSubject.ToolName))
        {
            var others = of[LibtorrentSubject.ToolName];
            yield return new Target(trial, "makespan / libtorrent's", Median.Of(roj, Makespan) / Median.Of(others, Makespan), 0.5);
            yield return new Target(trial, "CPU / libtorrent's", Median.Of(roj, Cpu) / Median.Of(others, Cpu), 0.6);
        }

        if (of.Contains(BareSubject.ToolName))
        {
            var floor = Median.Of(of[BareSubject.ToolName], Cpu) + ((trial.Receivers + 1) * hashing.TotalSeconds);
            yield return new Target(
                trial, $"CPU / (bare fan-out's + {trial.Receivers + 1} × SHA-1 = {floor:F2} s)", Median.Of(roj, Cpu) / floor, 1.25);
        }
    }

    private static IEnumerable<Target> Shaped(Trial trial, ILookup<string, Outcome> of, TimeSpan ideal)
    {
        var roj = of[RojSubject.ToolName];
        yield return new Target(
            trial, $"makespan / {ideal.TotalSeconds:F2} s", Median.Of(roj, Makespan) / ideal.TotalSeconds, 1.10);
        yield return new Target(trial, "seeder's payload / file", Median.Of(roj, outcome => outcome.SeederOverFile), 1.05);
    }

    private static double Makespan(Outcome outcome) => outcome.Makespan.TotalSeconds;

    private static double Cpu(Outcome outcome) => outcome.Cpu.TotalSeconds;
}
