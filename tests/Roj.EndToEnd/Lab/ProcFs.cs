using System.Globalization;

namespace Roj.EndToEnd;

/// <summary>Reads /proc. A process that is gone in the meantime reads as nothing.</summary>
internal static class ProcFs
{
    // USER_HZ: the kernel shows times in hundredths of a second to every program, whatever it ticks at itself.
    private const int TicksPerSecond = 100;

    private const string Established = "01";

    /// <summary>The processes there are.</summary>
    public static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>The state letter of a process (Z: dead, but not asked for yet); null if it is gone.</summary>
    public static char? State(int pid) => StatFields(pid) is [var state, ..] ? state[0] : null;

    /// <summary>The process that started this one, or that took it over; null if it is gone.</summary>
    public static int? Parent(int pid) => StatFields(pid) is [_, var parent, ..] ? (int)Number(parent) : null;

    /// <summary>The network namespace of a process, such as <c>net:[4026532281]</c>; null if it is gone.</summary>
    public static string? NetworkNamespace(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/net").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What a process was started with, words parted by spaces; empty if it is gone.</summary>
    public static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>What a process has used so far; null if it is gone.</summary>
    public static ProcessUsage? Usage(int pid)
    {
        // proc(5): state is field 3 of stat, so utime (14) and stime (15) are the 12th and 13th from there.
        if (StatFields(pid) is not { Length: > 12 } stat || Read($"/proc/{pid}/status") is not { } status)
            return null;
        if (KiBytes(status, "VmHWM:") is not { } peak || KiBytes(status, "VmRSS:") is not { } now)
            return null; // dead: it has no memory any more
        var ticks = Number(stat[11]) + Number(stat[12]);
        return new ProcessUsage(peak * 1024, TimeSpan.FromSeconds((double)ticks / TicksPerSecond), now * 1024);
    }

    /// <summary>Sockets that are connected to other hosts, in the network namespace of process <paramref name="pid"/>. Calls that wait in
    /// a backlog are the kernel's, and no program's, until they are accepted.</summary>
    public static int? ConnectionsToOthers(int pid) => StreamsToOthers(pid)?.Count();

    /// <summary>The same one by one: both ports, and what tells this connection from an earlier one between the same.</summary>
    public static IEnumerable<(int LocalPort, int RemotePort, string Name)>? StreamsToOthers(int pid)
    {
        if (Read($"/proc/{pid}/net/tcp") is not { } table)
            return null;
        return table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            // sl local rem st tx:rx tr:when retrnsmt uid timeout inode …; addresses in the machine's byte order: 127.x ends in 7F.
            .Where(fields => fields is [_, _, var remote, Established, _, _, _, _, _, not "0", ..] && remote[6..8] != "7F")
            .Select(fields => (Port(fields[1]), Port(fields[2]), $"{fields[1]} {fields[2]} {fields[9]}"));
    }

    /// <summary>Bytes and frames that went through each interface of this process's network namespace.</summary>
    public static IReadOnlyDictionary<string, (long ReceivedBytes, long ReceivedFrames, long SentBytes, long SentFrames)> Interfaces() =>
        File.ReadLines("/proc/self/net/dev").Skip(2)
            .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(fields => fields[0], fields => (Number(fields[1]), Number(fields[2]), Number(fields[9]), Number(fields[10])));

    private static long? KiBytes(string status, string label) =>
        status.Split('\n').FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal)) is { } line
            ? Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
            : null;

    private static string[]? StatFields(int pid)
    {
        // The second field is the program's name in brackets, and may hold anything, brackets and spaces too.
        var stat = Read($"/proc/{pid}/stat");
        return stat is null ? null : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int Port(string end) => int.Parse(end.AsSpan(9), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
