using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Roj.Cli;

/// <summary>Some nodes on this machine's loopback addresses, each a process of its own with a folder of its own.</summary>
/// <remarks>Nothing is left behind: the processes end when their standard input does, whatever becomes of this one, and the folder is
/// removed.</remarks>
internal sealed class LocalSwarm : IDisposable
{
    private readonly FileInfo shared;
    private readonly string folder = Directory.CreateTempSubdirectory("roj-up-").FullName;
    private readonly LocalNode[] nodes;
    private volatile bool interrupted;

    public LocalSwarm(int count, FileInfo shared)
    {
        this.shared = shared;
        // A cluster of its own: nodes that know nothing must not take up a file that others share on this machine.
        var cluster = Path.GetFileName(folder);
        nodes = [.. Enumerable.Range(1, count).Select(number => new LocalNode(number, folder, shared.Name, cluster))];
    }

    /// <summary>Brings the file to every node; true when all of them have it, byte for byte.</summary>
    public bool Run()
    {
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted = true;
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Console.WriteLine($"{shared.FullName}, {Sizes.Text(shared.Length)}");
        Console.WriteLine($"{nodes[0].Address} has it; {nodes.Length - 1} other nodes are told nothing.");
        nodes[0].GiveFile(shared);
        var begun = Stopwatch.GetTimestamp();
        foreach (var node in nodes)
            node.Start();

        if (Console.IsOutputRedirected)
            Watch(TimeSpan.FromSeconds(1), () => Console.WriteLine(string.Join("  ", nodes.Select(node => node.Summary))));
        else
            AnsiConsole.Live(Table()).Start(live => Watch(TimeSpan.FromMilliseconds(100), () => live.UpdateTarget(Table())));

        if (interrupted)
        {
            Console.Error.WriteLine("roj: stopped before every node had the file");
            return false;
        }

        if (nodes.FirstOrDefault(node => node.Failure is not null) is { } failed)
        {
            Console.Error.WriteLine($"roj: the node at {failed.Address} ended: {failed.Failure}");
            return false;
        }

        return Compare(begun);
    }

    public void Dispose()
    {
        foreach (var node in nodes)
            node.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Watch(TimeSpan period, Action show)
    {
        do
        {
            // In small steps, so that the end is seen at once.
            for (var waited = TimeSpan.Zero; waited < period && !IsOver; waited += TimeSpan.FromMilliseconds(20))
                Thread.Sleep(20);
            show();
        }
        while (!IsOver);
    }

    private bool IsOver => interrupted || nodes.All(node => node.IsComplete) || nodes.Any(node => node.Failure is not null);

    private bool Compare(long begun)
    {
        var last = nodes.Max(node => node.CompletedAt);
        var seconds = Stopwatch.GetElapsedTime(begun, last).TotalSeconds;
        var digests = nodes.Select(node => node.Digest()).ToArray();
        for (var i = 0; i < nodes.Length; i++)
        {
            var after = Stopwatch.GetElapsedTime(begun, nodes[i].CompletedAt).TotalSeconds;
            Console.WriteLine($"{nodes[i].Address}  SHA-256 {digests[i]}  after {after.ToString("F2", CultureInfo.InvariantCulture)} s");
        }

        if (digests.Distinct().Count() > 1)
        {
            Console.Error.WriteLine("roj: the files differ: this must not happen, please report it");
            return false;
        }

        var moved = shared.Length * (nodes.Length - 1);
        var time = seconds.ToString("F2", CultureInfo.InvariantCulture);
        var rate = Sizes.Text((long)(moved / seconds));
        Console.WriteLine($"All {nodes.Length} are equal. {Sizes.Text(moved)} in {time} s, with process start and hashing: {rate}/s.");
        return true;
    }

    private Table Table()
    {
        var table = new Table().AddColumns("node", "parts", "", "peers", "nodes seen");
        foreach (var node in nodes)
            table.AddRow(node.Address, node.Parts, node.Bar, node.Peers, node.Seen);
        return table;
    }
}
