using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>The sample, as a user would run it: processes of their own.</summary>
public sealed class TenLinesTests
{
    // Beside the tests' own: …/bin/Roj.Tests/debug and …/bin/TenLines/debug.
    private static readonly string folder = Path.Combine(
        AppContext.BaseDirectory, "../../TenLines", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    private readonly Place place = new();

    [Fact]
    public async Task Three_find_each_other_and_know_a_farewell_from_a_death()
    {
        using var one = new Sample(place, 0);
        using var other = new Sample(place, 1);
        using var third = new Sample(place, 2);
        await one.SaysAsync($"joined: {Environment.MachineName} {other.Address} alive");
        await one.SaysAsync($"joined: {Environment.MachineName} {third.Address} alive");
        await other.SaysAsync($"joined: {Environment.MachineName} {one.Address} alive");

        third.End();
        await one.SaysAsync($"left: {Environment.MachineName} {third.Address} left");
        await third.SaysAsync("leaving");
        other.Kill();
        await one.SaysAsync($"died: {Environment.MachineName} {other.Address} dead");
    }

    [Fact]
    public void It_needs_nothing_but_dotnet()
    {
        var needs = File.ReadAllText(Path.Combine(folder, "TenLines.runtimeconfig.json"));
        Assert.Contains("Microsoft.NETCore.App", needs, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.AspNetCore.App", needs, StringComparison.Ordinal);
    }

    private sealed class Sample : IDisposable
    {
        private readonly Process process;
        private readonly ConcurrentQueue<string> lines = new();

        public Sample(Place place, int index)
        {
            Address = string.Create(CultureInfo.InvariantCulture, $"{place.Address(index)}:{place.Port}");
            var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!; // that of the tests: see RojRun
            var start = new ProcessStartInfo(Path.GetFullPath(Path.Combine(runtime, "../../../dotnet")))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.ArgumentList.Add(Path.Combine(folder, "TenLines.dll"));
            start.ArgumentList.Add(place.Address(index));
            start.ArgumentList.Add(place.Port.ToString(CultureInfo.InvariantCulture));
            process = Process.Start(start)!;
            process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
            process.BeginOutputReadLine();
        }

        public string Address { get; }

        public Task SaysAsync(string line) => Soon.UntilAsync(() => lines.Contains(line), $"'{line}' in '{string.Join(" | ", lines)}'");

        public void End() => process.StandardInput.Close();

        public void Kill() => process.Kill();

        public void Dispose()
        {
            process.Kill();
            process.Dispose();
        }
    }
}
