using System.Diagnostics;
using System.Security.Cryptography;
using Roj.EndToEnd;
using Roj.SwarmBench.Subjects;

namespace Roj.SwarmBench;

/// <summary>Runs everything that was asked for, in turns, and reports it.</summary>
internal static class Bench
{
    // On the private /run, a tmpfs; beside the lab's own directory, which is emptied after every run.
    private const string SourcePath = "/run/source.bin";

    /// <summary>Runs, prints, and gives back whether every target was met.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        Console.WriteLine(Machine.Describe());
        var hashing = new Dictionary<int, TimeSpan>();
        var outcomes = await MeasureAsync(options, hashing).ConfigureAwait(false);
        Table.Print(options, outcomes);
        var targets = Targets.Judge(outcomes, hashing).ToArray();
        Table.Print(targets);
        if (options.JsonPath is { } path)
            JsonFile.Write(path, options, outcomes, targets, hashing);
        return targets.All(target => target.IsMet)
            && outcomes.Where(o => o.Tool is RojSubject.ToolName or RojSubject.KeyedName).All(o => o.Failure is null);
    }

    /// <summary>Runs everything that was asked for, in turns.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="hashing">Gets the processor time of one SHA-1 of every byte, by the size of the file.</param>
    public static async Task<IReadOnlyList<Outcome>> MeasureAsync(Options options, Dictionary<int, TimeSpan> hashing)
    {
        foreach (var subject in options.Subjects)
            subject.Prepare();
        var account = CpuAccount.Inherit();
        var outcomes = new List<Outcome>();
        foreach (var group in Trial.Of(options).GroupBy(trial => trial.Bytes))
        {
            var sha1Of = WriteSource(group.Key);
            hashing[group.Key] = sha1Of;
            foreach (var trial in group)
                outcomes.AddRange(await RunAsync(options, trial, account).ConfigureAwait(false));
        }

        return outcomes;
    }

    private static async Task<List<Outcome>> RunAsync(Options options, Trial trial, CpuAccount account)
    {
        var outcomes = new List<Outcome>();
        for (var turn = 0; turn < options.Repeat; turn++)
        {
            foreach (var subject in options.Subjects)
            {
                // Over shaped links a fan-out takes as long as the arithmetic says, and that is long.
                if (turn > 0 && subject.IsFanOut && trial.BitsPerSecond is not null)
                    continue;
                var outcome = await RunAsync(trial, subject, account).ConfigureAwait(false);
                outcomes.Add(outcome);
                Table.Tell(outcome);
            }
        }

        return outcomes;
    }

    private static async Task<Outcome> RunAsync(Trial trial, Subject subject, CpuAccount account)
    {
        Outcome? outcome = null;
        try
        {
            await Lab.RunAsync(
                trial.Receivers + 1,
                $"swarm-{trial.Part}-{trial.Receivers}-{subject.Name}",
                async lab => outcome = await RaceAsync(lab, trial, subject, account).ConfigureAwait(false)).ConfigureAwait(false);
            return outcome!;
        }
        catch (LabException broken)
        {
            return new Outcome { Trial = trial, Tool = subject.Name, Failure = broken.Message };
        }
    }

    private static async Task<Outcome> RaceAsync(Lab lab, Trial trial, Subject subject, CpuAccount account)
    {
        if (trial.BitsPerSecond is { } rate)
        {
            foreach (var host in lab.Hosts)
                host.Limit(rate);
        }

        // What the files take, and as much again for sockets and programs.
        Machine.Warm((nint)trial.Bytes * lab.Hosts.Count * 2);
        File.Copy(SourcePath, Race.DataPath(lab.Hosts[0]));
        var trafficBefore = lab.Hosts.Select(host => host.Traffic()).ToArray();
        var (cpuBefore, busyBefore, selfBefore) = (account.Used(), Machine.Busy(), Environment.CpuUsage.TotalTime);
        var race = new Race(lab.Hosts, account);
        try
        {
            subject.Start(race);
            await race.FinishAsync(trial.Limit).ConfigureAwait(false);
            var cpu = account.Used() - cpuBefore + race.OwnCpu;
            var self = Environment.CpuUsage.TotalTime - selfBefore - race.OwnCpu;
            var other = Machine.Busy() - busyBefore - cpu - self;
            var nodes = lab.Hosts.Select((host, i) => new Outcome.NodeOutcome(
                host.Address, race.Complete(host) ?? default, race.PeakRssBytes(host), host.Traffic() - trafficBefore[i])).ToArray();
            await race.EndAsync().ConfigureAwait(false);
            foreach (var host in race.Receivers)
                Verify(Race.DataPath(host));
            return new Outcome { Trial = trial, Tool = subject.Name, Created = race.Created, Cpu = cpu, OtherCpu = other, Nodes = nodes };
        }
        finally
        {
            await race.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes a file of random bytes, and gives back the processor time of one SHA-1 of each of its bytes, on one core.</summary>
    private static TimeSpan WriteSource(int bytes)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        File.WriteAllBytes(SourcePath, content);
        Description.Of(SourcePath); // loads and compiles what the first run would otherwise pay for
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            for (var at = 0; at < content.Length; at += Trial.PieceBytes)
                SHA1.HashData(content.AsSpan(at, Math.Min(Trial.PieceBytes, content.Length - at)));
            var took = Environment.CpuUsage.TotalTime - before;
            least = took < least ? took : least;
        }

        return least;
    }

    private static void Verify(string path)
    {
        using var process = Process.Start(Tool.Find("cmp")!, ["--quiet", SourcePath, path]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new LabException($"{path} is not what was sent");
    }
}
