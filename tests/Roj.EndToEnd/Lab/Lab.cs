namespace Roj.EndToEnd;

/// <summary>Hosts as network namespaces on a bridge, with no route out; see README.md for how and why.</summary>
/// <remarks>There is one lab at a time: hosts, ports and bridge have fixed names in the namespaces of this process. For several at a
/// time there are several processes: Lanes.</remarks>
internal sealed class Lab
{
    private const int LogTailLines = 20;

    private readonly LinkFaults faults = new();
    private readonly List<LabHost> hosts = [];

    private Lab() => Tool.Run("ip", ["-batch", "-"], LabWiring.Bridging());

    /// <summary>The hosts, in the order that was asked for.</summary>
    public IReadOnlyList<LabHost> Hosts => hosts;

    /// <summary>Builds a lab of <paramref name="hosts"/> hosts with addresses from 10.77.0.1 on, uses it, and takes it down.</summary>
    public static Task RunAsync(int hosts, string name, Func<Lab, Task> use) =>
        RunAsync([.. Enumerable.Range(1, hosts).Select(number => (byte)number)], name, use);

    /// <summary>Builds a lab whose hosts have these last bytes of their addresses (1–253), uses it, and takes it down.</summary>
    /// <remarks>If <paramref name="use"/> fails, the ends of all logs are printed, and the logs kept in artifacts/lab.</remarks>
    /// <exception cref="LabException">The lab can't be built here; the message says what is missing.</exception>
    public static async Task RunAsync(IReadOnlyList<byte> numbers, string name, Func<Lab, Task> use)
    {
        if (!Confinement.IsInside)
            throw new LabException(Confinement.Missing() ?? "The lab runs in the test program only: start that.");
        Lab? lab = null;
        try
        {
            lab = new Lab();
            lab.Add(numbers);
            await use(lab).ConfigureAwait(false);
        }
        catch when (lab is not null)
        {
            KeepLogs(name, lab.Hosts);
            throw;
        }
        finally
        {
            await TakeDownAsync(lab).ConfigureAwait(false);
        }
    }

    /// <summary>Adds hosts with these last bytes of their addresses to a lab that is in use. For one caller at a time.</summary>
    public IReadOnlyList<LabHost> Add(IReadOnlyList<byte> numbers)
    {
        Tool.Run("ip", ["-batch", "-"], LabWiring.Cabling(numbers));
        Tool.Run("bridge", ["-batch", "-"], LabWiring.Forwarding(numbers));
        foreach (var number in numbers)
            Tool.Run("ip", ["-n", LabWiring.Namespace(number), "-batch", "-"], LabWiring.Inside(number));
        LabHost[] added = [.. numbers.Select(number => new LabHost(number))];
        hosts.AddRange(added);
        return added;
    }

    /// <summary>Prints the ends of the logs of <paramref name="hosts"/>, and keeps all of them in artifacts/lab.</summary>
    public static void KeepLogs(string name, IEnumerable<LabHost> hosts)
    {
        var kept = Directory.CreateDirectory(Path.Combine(Repository.Artifacts, "lab", name)).FullName;
        foreach (var host in hosts)
        {
            foreach (var log in Directory.GetFiles(host.Directory, "*.log"))
            {
                File.Copy(log, Path.Combine(kept, $"{LabWiring.Namespace(host.Number)}-{Path.GetFileName(log)}"), overwrite: true);
                Console.WriteLine($"--- {host.Address} {Path.GetFileName(log)}");
                foreach (var line in File.ReadLines(log).TakeLast(LogTailLines))
                    Console.WriteLine(line);
            }
        }

        Console.WriteLine($"--- all logs are kept in {kept}");
    }

    /// <summary>Hosts of different groups can't talk any more; hosts in no group are a group of their own.</summary>
    public void Partition(params IReadOnlyList<LabHost>[] groups)
    {
        var groupOf = Hosts.ToDictionary(host => host, host => Array.FindIndex(groups, group => group.Contains(host)));
        foreach (var from in Hosts)
        {
            foreach (var to in Hosts.Where(to => groupOf[to] != groupOf[from]))
                faults.Cut(from.Number, to.Number);
        }

        Apply();
    }

    /// <summary>Hosts of <paramref name="here"/> and of <paramref name="there"/> can't talk any more, or can again; others are left as they
    /// are. Several trials in one lab may call this at the same time.</summary>
    public void Part(IReadOnlyList<LabHost> here, IReadOnlyList<LabHost> there, bool isCut)
    {
        lock (faults)
        {
            foreach (var (one, other) in here.SelectMany(_ => there, (one, other) => (one.Number, other.Number)))
            {
                foreach (var (from, to) in ((byte, byte)[])[(one, other), (other, one)])
                {
                    if (isCut)
                        faults.Cut(from, to);
                    else
                        faults.Mend(from, to);
                }
            }

            Apply();
        }
    }

    /// <summary>Gives every host, and the test program, an address in this /24 besides, with the same last byte.</summary>
    /// <param name="network">Its first three bytes, such as 10.0.1.</param>
    public void AlsoAs(string network)
    {
        byte[] numbers = [.. hosts.Select(host => host.Number), LabWiring.ObserverNumber];
        foreach (var host in hosts)
            Tool.Run("ip", ["-n", LabWiring.Namespace(host.Number), "-batch", "-"], LabWiring.Also(network, host.Number, numbers, "eth0"));
        Tool.Run("ip", ["-batch", "-"], LabWiring.Also(network, LabWiring.ObserverNumber, numbers, LabWiring.Bridge));
    }

    /// <summary>What <paramref name="from"/> sends does not reach <paramref name="to"/> any more; the way back stays open.</summary>
    public void CutOneWay(LabHost from, LabHost to)
    {
        faults.Cut(from.Number, to.Number);
        Apply();
    }

    /// <summary>Undoes all partitions and cuts.</summary>
    public void Heal()
    {
        faults.Heal();
        Apply();
    }

    /// <summary>Of the frames that <paramref name="host"/> sends, and of those it is sent, this share is lost; 0 ends it.</summary>
    public void Lose(LabHost host, double percent)
    {
        faults.Lose(host.Number, percent);
        Apply();
    }

    /// <summary>Of all frames between hosts, this share is lost; 0 ends it.</summary>
    public void LoseEverywhere(double percent)
    {
        faults.LoseEverywhere(percent);
        Apply();
    }

    /// <summary>No datagram passes any more, but for BEP 14's: hosts know of each other only what they are told, or tell each other over
    /// TCP.</summary>
    public void ForbidDatagrams()
    {
        faults.ForbidDatagrams();
        Apply();
    }

    private void Apply() => Tool.Run("nft", ["-f", "-"], faults.Ruleset());

    private static async Task TakeDownAsync(Lab? lab)
    {
        foreach (var host in lab?.Hosts ?? [])
            await host.CloseAsync().ConfigureAwait(false);
        await KillStraysAsync().ConfigureAwait(false);
        // -force: goes on where a line fails, so that half a lab can be taken down too.
        var numbers = Directory.GetFiles("/run/netns").Select(path => byte.Parse(Path.GetFileName(path).AsSpan(1)));
        RunAndForgive("ip", ["-force", "-batch", "-"], LabWiring.Dismantling(numbers));
        RunAndForgive("nft", ["delete", "table", .. LinkFaults.Table.Split(' ')], "");
        foreach (var directory in Directory.GetDirectories(Confinement.DataRoot))
            Directory.Delete(directory, recursive: true);
    }

    // A program may have left children behind. Whatever is not in our own network namespace is in a host's.
    private static async Task KillStraysAsync()
    {
        var own = ProcFs.NetworkNamespace(Environment.ProcessId);
        bool IsStray(int pid) => ProcFs.State(pid) is not (null or 'Z') && ProcFs.NetworkNamespace(pid) is { } other && other != own;
        await Poll.UntilAsync(
            () =>
            {
                var strays = ProcFs.Processes().Where(IsStray).ToArray();
                foreach (var stray in strays)
                    Native.Signal(stray, Native.SigKill);
                return strays.Length == 0;
            },
            TimeSpan.FromSeconds(10),
            "the processes that programs left behind are gone").ConfigureAwait(false);
    }

    private static void RunAndForgive(string program, string[] args, string input)
    {
        try
        {
            Tool.Run(program, args, input);
        }
        catch (LabException)
        {
            // It was not there. The next lab fails loudly if anything is left.
        }
    }
}
