using System.Globalization;
using System.Runtime.InteropServices;

namespace Roj.SwarmBench;

/// <summary>The machine as a whole.</summary>
internal static class Machine
{
    private const int TicksPerSecond = 100; // USER_HZ

    /// <summary>Processor time that all of its processes together have used, and what was stolen by other virtual machines.</summary>
    public static TimeSpan Busy()
    {
        // cpu user nice system idle iowait irq softirq steal …; see proc(5).
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        var ticks = fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7];
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    /// <summary>Touches <paramref name="bytes"/> of memory and gives them back.</summary>
    /// <remarks>A virtual machine's host takes idle pages away and gives them back at the first touch, which costs more than all that is
    /// done with the page afterwards. Whoever ran first would pay for the others.</remarks>
    public static unsafe void Warm(nint bytes)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        for (nint page = 0; page < bytes; page += Environment.SystemPageSize)
            memory[page] = 1;
        NativeMemory.Free(memory);
    }

    /// <summary>One line about what the figures were measured on.</summary>
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var control = File.ReadAllText("/proc/sys/net/ipv4/tcp_congestion_control").Trim();
        return $"{Environment.ProcessorCount} × {model?.Split(": ")[^1] ?? "processor"}, "
            + $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {control}, load {load} before the start";
    }
}
