using System.Diagnostics;

namespace Roj.EndToEnd;

/// <summary>The published program while it runs outside of any host, in the lab's private loopback; what it says is kept.</summary>
internal sealed class RojProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly Task<string> errors;
    private readonly List<string> lines = [];
    private readonly Task reading;

    private RojProcess(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
        reading = ReadAsync();
    }

    /// <summary>The process id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The lines of its standard output so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    /// <summary>Starts the published program in <paramref name="folder"/>.</summary>
    public static RojProcess Start(string folder, IEnumerable<string> args) => new(Process.Start(
        new ProcessStartInfo(Repository.Program(), args)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>Waits until it has ended by itself.</summary>
    /// <exception cref="LabException">It has not, within 20 s.</exception>
    public async Task<RojEnd> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new LabException($"roj still runs after {Patience.TotalSeconds} s; it said: {string.Join(" | ", Lines)}");
        }

        await reading.ConfigureAwait(false);
        return new RojEnd(process.ExitCode, string.Join('\n', Lines), await errors.ConfigureAwait(false));
    }

    /// <summary>Sends a signal, waits for the end, and says how long that took.</summary>
    public async Task<(RojEnd End, TimeSpan Took)> SignalAsync(int signal)
    {
        var begun = Stopwatch.GetTimestamp();
        Native.Signal(Id, signal);
        var end = await EndAsync().ConfigureAwait(false);
        return (end, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>Waits for a line with <paramref name="part"/> in it.</summary>
    /// <exception cref="LabException">There is none within 20 s.</exception>
    public async Task SaysAsync(string part)
    {
        bool Said() => Lines.Any(line => line.Contains(part, StringComparison.Ordinal));
        await Poll.UntilAsync(() => Said() || process.HasExited, Patience, $"roj says \"{part}\"").ConfigureAwait(false);
        if (process.HasExited)
            await reading.ConfigureAwait(false);
        if (!Said())
            throw new LabException($"roj ended without saying \"{part}\": {await errors.ConfigureAwait(false)}");
    }

    /// <summary>Kills it if it still runs; returns when it is gone, so that the next test can have its port.</summary>
    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (lines)
                lines.Add(line);
        }
    }
}
