using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Roj.Tests.Host;

namespace Roj.Tests.Cluster;

/// <summary>A sample that runs as a user would have it: in a process of its own.</summary>
internal sealed class Sample : IDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    public Sample(string name, Place place, int index)
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"{place.Address(index)}:{place.Port}");
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!; // that of the tests: see RojRun
        var start = new ProcessStartInfo(Path.GetFullPath(Path.Combine(runtime, "../../../dotnet")))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(Path.Combine(FolderOf(name), $"{name}.dll"));
        start.ArgumentList.Add(place.Address(index));
        start.ArgumentList.Add(place.Port.ToString(CultureInfo.InvariantCulture));
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
    }

    public string Address { get; }

    // Beside the tests' own: …/bin/Roj.Tests/debug and …/bin/TenLines/debug.
    public static string FolderOf(string name) => Path.Combine(
        AppContext.BaseDirectory, "../..", name, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    public Task SaysAsync(string line) => Soon.UntilAsync(() => lines.Contains(line), $"'{line}' in '{string.Join(" | ", lines)}'");

    public bool HasSaid(Func<string, bool> line) => lines.Any(line);

    public void End() => process.StandardInput.Close();

    public void Kill() => process.Kill();

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
