using System.Globalization;
using Roj.EndToEnd;
using Roj.RegisterBench;
using Roj.SwarmBench;

namespace Roj.TokenBench;

/// <summary>Runs everything in turns, and reports it.</summary>
internal static class Bench
{
    private const int Nodes = 5;

    // What Roj's part of the ring in C must be, where it may do as little: mode available, no work, no waiting for the disk.
    private const double PartMin = 0.25;

    /// <summary>Runs, prints, and gives back whether every claim was kept.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        Console.WriteLine(Machine.Describe());
        Directory.CreateDirectory(options.Data);
        var disk = Disk.Of(options.Data);
        if (disk is "tmpfs" or "ramfs")
            throw new LabException($"{options.Data} is memory ({disk}), not a disk: give a directory with --data");
        Console.WriteLine($"{Nodes} hosts, data on {disk}; {options.Rounds} rounds of {options.Seconds} s, in turns");
        CRing.Make();
        var situations = Situations(options).ToArray();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var situation in situations)
                await MeasureAsync(situation).ConfigureAwait(false);
        }

        var isKept = Print(situations);
        return await RegenerateAsync(options).ConfigureAwait(false) && isKept;
    }

    private static IEnumerable<Situation> Situations(Options options)
    {
        Situation Roj(string name, params string[] settings) =>
            new($"roj, {name}", () => RojRing.MeasureAsync(Nodes, options.Seconds, options.Data, settings));
        yield return new Situation("64 bytes by TCP, in C", () => CRing.MeasureAsync(Nodes, options.Seconds));
        yield return Roj("available, --no-token-sync", "--no-token-sync");
        yield return Roj("available");
        yield return Roj("quorum", "--expect", Nodes.ToString(CultureInfo.InvariantCulture));
        if (options.HasEtcd)
            yield return new Situation("etcd's lock, two clients", () => EtcdLock.MeasureAsync(Nodes, options.Seconds, options.Data));
    }

    private static async Task MeasureAsync(Situation situation)
    {
        try
        {
            var figure = await situation.MeasureAsync().ConfigureAwait(false);
            situation.Figures.Add(figure);
            Console.Error.WriteLine($"{situation.Name}  {figure:0} hops/s");
        }
        catch (Exception broken) when (broken is LabException or HttpRequestException or TimeoutException or OperationCanceledException)
        {
            situation.Failures.Add(broken.Message);
            Console.Error.WriteLine($"{situation.Name}  {broken.Message}");
        }
    }

    private static bool Print(Situation[] situations)
    {
        var scale = situations[0].Median;
        Console.WriteLine($"\n{"hops/s",-34}{"least",12}{"median",12}{"most",12}{"of C's",10}");
        foreach (var situation in situations)
        {
            if (situation.Figures.Count > 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{situation.Name,-34}{situation.Figures.Min(),12:N1}{situation.Median,12:N1}{situation.Figures.Max(),12:N1}"
                        + $"{situation.Median / scale,10:0.0000}"));
            }

            situation.Failures.ForEach(failure => Console.WriteLine($"{situation.Name} failed: {failure}"));
        }

        var part = situations[1].Median / scale;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{situations[1].Name}, of the ring in C: {part:0.000}, at least {PartMin}: {Verdict(part >= PartMin, part is not null)}"));
        return part >= PartMin && situations.All(situation => situation.Failures.Count == 0);
    }

    private static async Task<bool> RegenerateAsync(Options options)
    {
        if (options.Kills == 0)
            return true;
        // Silence 2 s, no answer 2 s, nobody else 2 s; and what a look takes on a busy machine.
        var free = new Regeneration("available", TimeSpan.FromSeconds(2 + 2 + 2 + 0.25));
        // The lease, and a second.
        var leased = new Regeneration(
            "quorum", TimeSpan.FromSeconds(3 + 1), "--expect", Nodes.ToString(CultureInfo.InvariantCulture));
        await free.MeasureAsync(Nodes, options.Kills, options.Data).ConfigureAwait(false);
        await leased.MeasureAsync(Nodes, options.Kills, options.Data).ConfigureAwait(false);
        Console.WriteLine($"\n{"another token, ms",-28}{"kills",8}{"p50",10}{"max",10}");
        Console.WriteLine(free.Line());
        Console.WriteLine(leased.Line());
        return free.IsKept && leased.IsKept;
    }

    private static string Verdict(bool isKept, bool isJudged) => !isJudged ? "NOT JUDGED" : isKept ? "pass" : "MISSED";
}
