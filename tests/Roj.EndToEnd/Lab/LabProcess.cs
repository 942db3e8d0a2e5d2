using System.Diagnostics;

namespace Roj.EndToEnd;

/// <summary>A program that runs in a host. It is signalled by its own process id, never by name.</summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan PatienceWithSigTerm = TimeSpan.FromSeconds(10); // docker stop's
    private static readonly TimeSpan PatienceWithSigKill = TimeSpan.FromSeconds(10);

    // sh only opens the log and nsenter only changes the namespace: each becomes the next, so the process id stays and is the program's.
    private const string Launcher = """log=$1; net=$2; shift 2; exec nsenter --net="$net" -- "$@" </dev/null >>"$log" 2>&1""";

    private readonly Process process;
    private readonly Stopwatch age = Stopwatch.StartNew();
    private volatile bool toldToEnd;

    private LabProcess(Process process, string log)
    {
        this.process = process;
        Id = process.Id;
        Log = log;
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Where its output goes.</summary>
    public string Log { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Its exit code, 128 + n if signal n ended it; null while it runs.</summary>
    public int? ExitCode => process.HasExited ? process.ExitCode : null;

    /// <summary>Whether it ended though nobody told it to.</summary>
    public bool EndedByItself => process.HasExited && !toldToEnd;

    /// <summary>How long ago it was started.</summary>
    public TimeSpan Age => age.Elapsed;

    /// <summary>What it had used when <see cref="Sample"/> last found it alive.</summary>
    public ProcessUsage Usage { get; private set; }

    /// <summary>Starts <paramref name="command"/> in <paramref name="host"/>; its output is added to <paramref name="log"/>.</summary>
    public static LabProcess Start(LabHost host, IEnumerable<string> command, IReadOnlyDictionary<string, string?>? environment, string log)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Launcher, "sh", log, host.NamespacePath, .. command])
        {
            WorkingDirectory = host.Directory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new LabProcess(Process.Start(start)!, log);
    }

    /// <summary>Notes what it has used so far.</summary>
    public void Sample()
    {
        if (ProcFs.Usage(Id) is { } usage)
            Usage = usage;
    }

    /// <summary>SIGTERM, and after 10 s SIGKILL.</summary>
    public async Task<Termination> TerminateAsync()
    {
        Sample();
        var ageThen = Age;
        var clock = Stopwatch.StartNew();
        Signal(Native.SigTerm);
        var forced = !await EndsAsync(PatienceWithSigTerm).ConfigureAwait(false);
        if (forced)
            await KillAsync().ConfigureAwait(false);
        return new Termination(clock.Elapsed, forced, process.ExitCode, ageThen);
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        Sample();
        Signal(Native.SigKill);
        if (!await EndsAsync(PatienceWithSigKill).ConfigureAwait(false))
            throw new LabException($"process {Id} survives SIGKILL");
    }

    /// <summary>SIGSTOP: it stands still until <see cref="Continue"/>, but its sockets stay open.</summary>
    public void Pause() => Native.Signal(Id, Native.SigStop);

    /// <summary>SIGCONT.</summary>
    public void Continue() => Native.Signal(Id, Native.SigCont);

    /// <summary>Waits until it has ended by itself, and gives back its exit code.</summary>
    /// <exception cref="LabException">It has not, within <paramref name="limit"/>.</exception>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        if (!await EndsAsync(limit).ConfigureAwait(false))
            throw new LabException($"process {Id} still runs after {limit.TotalSeconds} s");
        return process.ExitCode;
    }

    /// <summary>Waits for a line that begins so in its log, and gives it back.</summary>
    /// <exception cref="LabException">There is none within <paramref name="limit"/>.</exception>
    public async Task<string> SaysAsync(string beginning, TimeSpan limit)
    {
        string? line = null;
        await Poll.UntilAsync(() => (line = FindLine(beginning)) is not null, limit, $"\"{beginning}\" in {Log}").ConfigureAwait(false);
        return line!;
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    private void Signal(int signal)
    {
        if (process.HasExited)
            return; // its id may be another's by now
        toldToEnd = true;
        Native.Signal(Id, signal);
    }

    // The last line may still be in the making: what counts ends with a line feed.
    private string? FindLine(string beginning) => File.Exists(Log)
        ? File.ReadAllText(Log).Split('\n')[..^1].FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal))
        : null;

    private async Task<bool> EndsAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
