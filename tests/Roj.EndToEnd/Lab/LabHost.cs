using System.Globalization;

namespace Roj.EndToEnd;

/// <summary>A machine of the lab: an address, a cable to the bridge, a directory, and the programs that run in it.</summary>
internal sealed class LabHost
{
    private readonly List<LabProcess> processes = [];
    private bool hasDiskOfItsOwn;

    /// <summary>Names the host after the last byte of its address.</summary>
    public LabHost(byte number)
    {
        Number = number;
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>The last byte of the address.</summary>
    public byte Number { get; }

    /// <summary>The address, in 10.77.0.0/24.</summary>
    public string Address => LabWiring.Address(Number);

    /// <summary>What the host's programs run in.</summary>
    public string NamespacePath => "/run/netns/" + LabWiring.Namespace(Number);

    /// <summary>The host's own data, gone with the lab.</summary>
    public string Directory => Path.Combine(Confinement.DataRoot, LabWiring.Namespace(Number));

    /// <summary>Every program that was started here so far, in order.</summary>
    public IReadOnlyList<LabProcess> Processes
    {
        get
        {
            lock (processes)
                return [.. processes];
        }
    }

    /// <summary>Starts a program; its output is added to <paramref name="log"/> in the host's directory.</summary>
    public LabProcess Start(
        string program,
        IEnumerable<string> args,
        IReadOnlyDictionary<string, string?>? environment = null,
        string log = "output.log")
    {
        var process = LabProcess.Start(this, [program, .. args], environment, Path.Combine(Directory, log));
        lock (processes)
            processes.Add(process);
        return process;
    }

    /// <summary>Starts this test program as a probe (see <see cref="Probe"/>), with a log of its own.</summary>
    public LabProcess Probe(params string[] args) =>
        Start(Confinement.SelfPath, ["probe", .. args], log: string.Create(CultureInfo.InvariantCulture, $"probe-{processes.Count}.log"));

    /// <summary>Limits what the host may send, and what it may be sent, to this rate each.</summary>
    public void Limit(long bitsPerSecond)
    {
        var shape = string.Create(CultureInfo.InvariantCulture, $"root tbf rate {bitsPerSecond}bit burst 64kb latency 50ms");
        Tool.Run("tc", ["-n", LabWiring.Namespace(Number), "qdisc", "replace", "dev", "eth0", .. shape.Split(' ')]);
        Tool.Run("tc", ["qdisc", "replace", "dev", LabWiring.Port(Number), .. shape.Split(' ')]);
    }

    /// <summary>Takes the limit away; an error if there is none.</summary>
    public void Unlimit()
    {
        Tool.Run("tc", ["-n", LabWiring.Namespace(Number), "qdisc", "del", "dev", "eth0", "root"]);
        Tool.Run("tc", ["qdisc", "del", "dev", LabWiring.Port(Number), "root"]);
    }

    /// <summary>Replaces the host's directory by an empty disk of this size, so that it can be full.</summary>
    public void LimitDisk(long bytes)
    {
        Tool.Run("mount", ["-n", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes}"), "tmpfs", Directory]);
        hasDiskOfItsOwn = true;
    }

    /// <summary>What went over the host's cable since the lab was built.</summary>
    public Traffic Traffic() =>
        ProcFs.Interfaces()[LabWiring.Port(Number)] is var port
            ? new Traffic(port.ReceivedBytes, port.ReceivedFrames, port.SentBytes, port.SentFrames)
            : default;

    /// <summary>TCP connections to other hosts that are established; 0 while no program runs here.</summary>
    public int Connections() =>
        Processes.Where(process => !process.HasExited).Select(process => ProcFs.ConnectionsToOthers(process.Id)).Max() ?? 0;

    /// <summary>Kills what runs here and unmounts what was mounted. May be called again.</summary>
    public async Task CloseAsync()
    {
        foreach (var process in Processes)
        {
            await process.KillAsync().ConfigureAwait(false);
            process.Dispose();
        }

        lock (processes)
            processes.Clear();
        if (hasDiskOfItsOwn)
            Tool.Run("umount", ["--lazy", Directory]);
        hasDiskOfItsOwn = false;
    }
}
