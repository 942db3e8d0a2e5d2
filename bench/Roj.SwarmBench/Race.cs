using System.Diagnostics;
using Roj.EndToEnd;

namespace Roj.SwarmBench;

/// <summary>One run: a seeder that has the file, receivers that have nothing, and a clock that runs from the first reading on.</summary>
internal sealed class Race
{
    // sh only joins the account and nsenter only changes the namespace: each becomes the next, so the process is the program.
    private const string Launcher =
        """echo 0 >"$1" || exit 125; net=$2; shift 2; exec nsenter --net="$net" -- "$@" </dev/null 2>&1""";

    private readonly CpuAccount account;
    private readonly Dictionary<LabHost, TimeSpan> complete = [];
    private readonly Dictionary<LabHost, Process> programs = [];
    private readonly List<IDisposable> belongings = [];
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long begun = Stopwatch.GetTimestamp();
    private bool isOver;

    /// <summary>Starts the clock.</summary>
    public Race(IReadOnlyList<LabHost> hosts, CpuAccount account) => (Hosts, this.account) = (hosts, account);

    /// <summary>The seeder, and then the receivers.</summary>
    public IReadOnlyList<LabHost> Hosts { get; }

    /// <summary>Who has the file.</summary>
    public LabHost Seeder => Hosts[0];

    /// <summary>Who shall get it.</summary>
    public IEnumerable<LabHost> Receivers => Hosts.Skip(1);

    /// <summary>When the description was there.</summary>
    public TimeSpan Created { get; private set; }

    /// <summary>Processor time that this process spent for the tool: it is added to that of the tool's own processes.</summary>
    public TimeSpan OwnCpu { get; private set; }

    /// <summary>The file on the seeder; on a receiver, where it shall be.</summary>
    public static string DataPath(LabHost host) => Path.Combine(host.Directory, "data.bin");

    /// <summary>When <paramref name="host"/> had the file; null if it has not.</summary>
    public TimeSpan? Complete(LabHost host)
    {
        lock (complete)
            return complete.TryGetValue(host, out var when) ? when : null;
    }

    /// <summary>The most memory that the host's program ever had; null if it has ended.</summary>
    public long? PeakRssBytes(LabHost host) => ProcFs.Usage(programs[host].Id)?.PeakRssBytes;

    /// <summary>Hashes the file in this process, on the tool's account.</summary>
    public Description Describe()
    {
        var before = Environment.CpuUsage.TotalTime;
        var description = Description.Of(DataPath(Seeder));
        OwnCpu += Environment.CpuUsage.TotalTime - before;
        HasCreated();
        return description;
    }

    /// <summary>Notes that what receivers have to know of the file exists.</summary>
    public void HasCreated() => Created = Stopwatch.GetElapsedTime(begun);

    /// <summary>Notes that <paramref name="host"/> has the file, now.</summary>
    public void HasCompleted(LabHost host)
    {
        lock (complete)
        {
            complete.TryAdd(host, Stopwatch.GetElapsedTime(begun));
            if (complete.Count == Hosts.Count - 1)
                finished.TrySetResult();
        }
    }

    /// <summary>Disposes of <paramref name="belonging"/> when the race is over.</summary>
    public void Own(IDisposable belonging) => belongings.Add(belonging);

    /// <summary>Starts a program on a host, on the run's account.</summary>
    /// <param name="host">Where.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="hears">Told of every line it prints, from a thread of its own; null if none matters.</param>
    /// <param name="ends">Told when it has ended with exit code 0; null if it has to go on until the race is over.</param>
    public void Start(LabHost host, IEnumerable<string> command, Action<string>? hears = null, Action? ends = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Launcher, "sh", account.Door, host.NamespacePath, .. command])
        {
            WorkingDirectory = host.Directory,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        programs[host] = process;
        new Thread(() => Attend(host, process, hears, ends), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
    }

    /// <summary>Runs a program on the seeder to its end, on the run's account.</summary>
    public void Run(params string[] command)
    {
        var ended = new TaskCompletionSource();
        Start(Seeder, command, ends: ended.SetResult);
        if (Task.WaitAny([ended.Task, finished.Task], TimeSpan.FromSeconds(60)) != 0)
            throw new LabException($"{string.Join(' ', command)} did not end well");
    }

    /// <summary>Waits until every receiver is complete.</summary>
    /// <exception cref="LabException">One can't be any more, or not all are within <paramref name="limit"/>.</exception>
    public async Task FinishAsync(TimeSpan limit)
    {
        try
        {
            await finished.Task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var count = Receivers.Count(host => Complete(host) is not null);
            throw new LabException($"only {count} of {Hosts.Count - 1} receivers complete after {limit.TotalSeconds:F0} s");
        }
    }

    /// <summary>Kills everything that was started for the run, and waits until it is gone.</summary>
    public async Task EndAsync()
    {
        isOver = true;
        await Poll.UntilAsync(
            () =>
            {
                var members = account.Members();
                foreach (var member in members)
                    Native.Signal(member, Native.SigKill);
                return members.Count == 0;
            },
            TimeSpan.FromSeconds(10),
            "what was started for the run is gone").ConfigureAwait(false);
        foreach (var belonging in programs.Values.Concat(belongings))
            belonging.Dispose();
    }

    private void Attend(LabHost host, Process process, Action<string>? hears, Action? ends)
    {
        using var log = new StreamWriter(Path.Combine(host.Directory, "output.log"), append: true);
        using var output = process.StandardOutput;
        while (output.ReadLine() is { } line)
        {
            hears?.Invoke(line);
            log.WriteLine(line);
            log.Flush();
        }

        if (isOver)
            return;
        process.WaitForExit();
        if (process.ExitCode == 0 && ends is not null)
            ends();
        else
            finished.TrySetException(new LabException($"{host.Address}: a program ended with exit code {process.ExitCode}"));
    }
}
