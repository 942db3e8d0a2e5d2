using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>Runs everything that was asked for, the subjects in turns, and reports it.</summary>
internal static class Bench
{
    /// <summary>Runs, prints, and gives back whether every run went well and every claim that was to be judged was kept.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        Console.WriteLine(Machine.Describe());
        var disk = Disk.Of(options.Data);
        if (disk is "tmpfs" or "ramfs")
            throw new LabException($"{options.Data} is memory ({disk}), not a disk: give a directory with --data");
        Console.WriteLine($"data on {disk}, values of {Load.ValueBytes} bytes, {options.Repeat} runs of each in turns, "
            + $"{options.Measured.TotalSeconds} s each after {options.WarmUp.TotalSeconds:F1} s of warm-up");
        if (options.Only is null && Subjects.Named(Subjects.Roj) is null)
            Console.WriteLine("roj's nodes keep no registers yet: there are no figures of it, and what is claimed can't be judged");

        List<Outcome> outcomes = [];
        for (var turn = 0; turn < options.Repeat; turn++)
        {
            foreach (var clients in options.Clients)
            {
                foreach (var subject in Chosen(options))
                {
                    outcomes.Add(await Run.OfAsync(subject, clients, options).ConfigureAwait(false));
                    Table.Tell(outcomes[^1]);
                }
            }
        }

        Table.Print(outcomes);
        // Of one subject alone nothing is claimed.
        var claims = options.Only is null ? Claim.All.Where(claim => options.Clients.Contains(claim.Clients)).ToArray() : [];
        return Table.Print(claims, outcomes) && outcomes.All(outcome => outcome.Failure is null);
    }

    /// <summary>Who is to be measured.</summary>
    public static IEnumerable<IRegisterSubject> Chosen(Options options) =>
        Subjects.All.Where(subject => options.Only is not { } only || only == subject.Name);
}
