using System.Globalization;
using Roj.EndToEnd;

namespace Roj.SwarmBench;

/// <summary>A control group that everything started for a run joins: the kernel adds up its processor time, of the dead too.</summary>
/// <remarks>
/// Made and removed outside of the namespaces, used inside. Where the kernel does not account for interrupts separately (most do not),
/// the time that packets cost is charged to whoever runs when they come, and so is in the sum too.
/// </remarks>
internal sealed class CpuAccount : IDisposable
{
    private const string Variable = "ROJ_BENCH_CPU_ACCOUNT";
    private const string Prefix = "roj-bench-";

    private readonly string path;

    private CpuAccount(string path) => this.path = path;

    /// <summary>What a process writes "0" to in order to join.</summary>
    public string Door => Path.Combine(path, "cgroup.procs");

    /// <summary>The processor time of all that ever joined.</summary>
    public TimeSpan Used()
    {
        var first = Path.Combine(path, "cpuacct.usage");
        if (File.Exists(first))
            return TimeSpan.FromTicks(Number(File.ReadAllText(first)) / TimeSpan.NanosecondsPerTick);
        const string Label = "usage_usec ";
        var line = File.ReadLines(Path.Combine(path, "cpu.stat")).First(line => line.StartsWith(Label, StringComparison.Ordinal));
        return TimeSpan.FromMicroseconds(Number(line[Label.Length..]));
    }

    /// <summary>Those who joined and live.</summary>
    public IReadOnlyList<int> Members() => [.. File.ReadLines(Door).Select(line => (int)Number(line))];

    /// <summary>Makes the group; <see cref="Inherit"/> finds it in this process's children.</summary>
    /// <exception cref="LabException">There is no place for it.</exception>
    public static CpuAccount Open()
    {
        var root = Root() ?? throw new LabException("no control groups are mounted here (cgroup2, or cgroup with cpuacct): who counts?");
        // What a bench left behind that was killed. A group with somebody in it can't be removed.
        foreach (var old in Directory.GetDirectories(root, Prefix + "*").Where(old => !Directory.Exists("/proc/" + Owner(old))))
            TryRemove(old);
        var path = Path.Combine(root, Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        Environment.SetEnvironmentVariable(Variable, path);
        return new CpuAccount(path);
    }

    /// <summary>The group that the outer process made.</summary>
    public static CpuAccount Inherit() =>
        new(Environment.GetEnvironmentVariable(Variable) ?? throw new LabException("start the bench by its script"));

    /// <summary>Removes the group, once the last of it is gone.</summary>
    public void Dispose()
    {
        for (var i = 0; i < 100 && Directory.Exists(path) && !TryRemove(path); i++)
            Thread.Sleep(10);
    }

    private static string? Root()
    {
        // device, directory, type, options; see proc(5).
        var mounts = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).ToArray();
        return mounts.FirstOrDefault(mount => mount is [_, _, "cgroup", var options, ..] && options.Split(',').Contains("cpuacct"))?[1]
            ?? mounts.FirstOrDefault(mount => mount is [_, _, "cgroup2", ..])?[1];
    }

    private static string Owner(string group) => Path.GetFileName(group)[Prefix.Length..];

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group); // rmdir(2): the files in there are no real ones
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
