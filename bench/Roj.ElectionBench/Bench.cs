using Roj.EndToEnd;
using Roj.RegisterBench;
using Roj.SwarmBench;

namespace Roj.ElectionBench;

/// <summary>Runs everything that was asked for, the subjects in turns, and reports it.</summary>
internal static class Bench
{
    // A slow minute of the machine is everybody's so.
    private const int RoundsPerTurn = 5;

    /// <summary>Runs, prints, and gives back whether every round went well and every claim was kept.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        Console.WriteLine(Machine.Describe());
        var disk = Disk.Of(options.Data);
        if (disk is "tmpfs" or "ramfs")
            throw new LabException($"{options.Data} is memory ({disk}), not a disk: give a directory with --data");
        var (chosen, missing) = Chosen(options);
        var how = options.Signal == Native.SigKill ? "killed" : "told to end";
        Console.WriteLine($"data on {disk}; {options.Rounds} leaders of each {how}, {RoundsPerTurn} in turn");
        foreach (var why in missing)
            Console.WriteLine($"{why}; there are no figures of it, and what is claimed can't be judged");

        List<Outcome> outcomes = [];
        foreach (var situation in options.Situations)
        {
            Outcome[] own = [.. chosen.Select(subject => new Outcome(subject.Name, situation))];
            outcomes.AddRange(own);
            for (var left = options.Rounds; left > 0; left -= RoundsPerTurn)
            {
                foreach (var (outcome, subject) in own.Zip(chosen))
                {
                    await Turn.AddAsync(outcome, subject, Math.Min(left, RoundsPerTurn), options.Signal, options.Data)
                        .ConfigureAwait(false);
                }
            }
        }

        Table.Print(outcomes, options.Signal);
        // Of one subject alone nothing is claimed.
        var claims = options.Only is null
            ? options.Situations.SelectMany(situation => Claim.Of(situation, outcomes, options.Signal)).ToArray()
            : [];
        return Table.Print(claims, outcomes) && outcomes.All(outcome => outcome.Failures.Count == 0);
    }

    /// <summary>Who is to be measured, and can be; and why the others can't.</summary>
    public static (IReadOnlyList<IElectionSubject> Subjects, IReadOnlyList<string> Missing) Chosen(Options options)
    {
        var asked = Subjects.All.Where(subject => options.Only is not { } only || only == subject.Name)
            .Select(subject => (Subject: subject, Why: subject.Missing())).ToArray();
        return (
            [.. asked.Where(each => each.Why is null).Select(each => each.Subject)],
            [.. asked.Select(each => each.Why).OfType<string>()]);
    }
}
