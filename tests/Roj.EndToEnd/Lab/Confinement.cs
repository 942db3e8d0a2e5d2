using System.Diagnostics;

namespace Roj.EndToEnd;

/// <summary>
/// Locks the test program into process, mount and network namespaces of its own, so that the kernel cleans up after it, whatever happens.
/// </summary>
/// <remarks>
/// <para>The outer process starts itself again under unshare(1); the inner one is process 1 of a new process namespace. When process 1
/// dies, by whatever cause, the kernel kills every process in there; with the last of them go the mounts, the network namespaces and the
/// links between them.</para>
/// <para>Process 1 dies with the outer process: it reads a pipe that only the outer process holds open (a killed process closes its
/// files), and unshare, should it be killed itself, takes its child along (--kill-child).</para>
/// </remarks>
internal static class Confinement
{
    /// <summary>Where the lab's files are: on a tmpfs that only the inner process and its children see.</summary>
    public const string DataRoot = "/run/lab";

    // Memory is only used for what is written: the biggest scenario keeps a little over 1 GiB there.
    private const string DataLimit = "size=6g,mode=755";

    private static readonly (string Program, string Package)[] Tools =
    [
        ("unshare", "util-linux"), ("nsenter", "util-linux"), ("mount", "mount"), ("umount", "mount"),
        ("ip", "iproute2"), ("tc", "iproute2"), ("bridge", "iproute2"), ("nft", "nftables"),
    ];

    /// <summary>Whether this process is the inner one.</summary>
    public static bool IsInside { get; private set; }

    /// <summary>What keeps the lab from being built here, as a sentence that says what to do; null if nothing does.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "The lab is made of Linux network namespaces: run these tests on Linux.";
        var missing = Tools.Where(tool => Tool.Find(tool.Program) is null).ToArray();
        if (missing.Length > 0)
        {
            var names = string.Join(", ", missing.Select(tool => tool.Program));
            return $"The lab needs {names}: apt-get install {string.Join(' ', missing.Select(tool => tool.Package).Distinct())}";
        }

        return Environment.IsPrivilegedProcess ? null : "The lab makes network namespaces, which takes root: run these tests as root.";
    }

    /// <summary>Runs this program again with <paramref name="args"/>, locked in, and gives back its exit code.</summary>
    public static int Reenter(string[] args)
    {
        using var process = Process.Start(ReentryOf(args))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Furnishes the namespaces that the inner process finds itself in.</summary>
    public static void Enter()
    {
        new Thread(ExitWithTheOuterProcess) { IsBackground = true, Name = "outer process" }.Start();
        Environment.SetEnvironmentVariable("PATH", Tool.SearchPath + ":" + Environment.GetEnvironmentVariable("PATH"));
        // Over all of /run, so that making /run/netns leaves no directory behind on the real one.
        // And -n, since mount(8) otherwise keeps notes in /run/mount, on the real one at first.
        Tool.Run("mount", ["-n", "-t", "tmpfs", "-o", DataLimit, "tmpfs", "/run"]);
        Directory.CreateDirectory("/run/netns");
        Directory.CreateDirectory(DataRoot);
        Tool.Run("ip", ["link", "set", "lo", "up"]);
        IsInside = true;
    }

    /// <summary>How this program is started again as the inner process.</summary>
    public static ProcessStartInfo ReentryOf(IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(
            Tool.Find("unshare")!,
            ["--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc", "--", SelfPath, .. args])
        {
            RedirectStandardInput = true, // the pipe whose end tells the inner process that we are gone
        };
        // Process 1 ends without a farewell, and much that it starts is killed: each would leave its debugger's sockets in /tmp.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    /// <summary>The path of this program.</summary>
    public static string SelfPath => Path.Combine(AppContext.BaseDirectory, typeof(Confinement).Assembly.GetName().Name!);

    private static void ExitWithTheOuterProcess()
    {
        using var pipe = Console.OpenStandardInput();
        while (pipe.ReadByte() >= 0)
        {
            // Nothing is ever sent: only the end matters.
        }

        Native.ExitNow(3);
    }
}
