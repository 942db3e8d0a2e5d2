using System.CommandLine;
using Roj.Host;
using Roj.Host.Security;
using Roj.Membership.Wire;

namespace Roj.Cli;

/// <summary><c>roj sync</c>: one data file, made right by and for everybody who shares it.</summary>
internal static class SyncCommand
{
    public static Command Create()
    {
        var config = FilePath("--config", "The description and the peers (torrent.conf).", "/torrent.conf");
        var data = FilePath("--data", "The data file; it is created, repaired and cut to its length as need be.", "/data.bin");
        var source = new SourceOptions();
        var port = Port(
            "--port",
            "TCP port of the swarm, here and on the peers that are named; also a tracker, http://ADDRESS:PORT/announce.",
            SyncOptions.DefaultSwarmPort);
        var nodePort = Port("--node-port", "UDP port by which nodes find each other.", SyncOptions.DefaultNodePort);
        var address = Address();
        var cluster = Cluster();
        var trackers = Trackers();
        var localSearch = LocalSearch();
        var onComplete = new Option<string?>("--on-complete")
        {
            Description = "Shell command run once, when the data file has just become right.",
        };
        var exit = new Option<bool>("--exit-when-complete") { Description = "End when the data file is right." };
        var seedFor = new Option<TimeSpan>("--seed-for")
        {
            Description = "With --exit-when-complete: go on giving for this long first, such as 30s.",
            CustomParser = Arguments.Span("--seed-for"),
        };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "The cluster's key (see roj keygen): who does not hold it gets nothing; - for standard input, or ROJ_KEY.",
        };
        var allowPlain = new Option<bool>("--allow-plain-swarm")
        {
            Description = "With a key, share with BitTorrent programs that have none, too.",
        };
        var output = OutputOption.Create("text or json (a line each).");

        var command = new Command(
            "sync",
            "Make a data file match its description, and help others to the same. Example: roj sync --config torrent.conf --data data.bin")
        {
            config, data, port, nodePort, address, cluster, trackers, localSearch, onComplete, exit, seedFor, keyFile,
            allowPlain, output,
        };
        source.AddTo(command);
        command.SetAction(parsed =>
        {
            var isJson = parsed.GetValue(output) == "json";
            ISyncReport report = isJson ? new JsonReport(Console.Out) : TextReport.For(Console.Out, Console.IsOutputRedirected);
            var options = new SyncOptions
            {
                AllowPlainSwarm = parsed.GetValue(allowPlain),
                ConfigPath = parsed.GetValue(config)!,
                DataPath = parsed.GetValue(data)!,
                SwarmPort = parsed.GetValue(port),
                NodePort = parsed.GetValue(nodePort),
                Address = parsed.GetValue(address),
                Cluster = parsed.GetValue(cluster)!,
                Trackers = [.. (parsed.GetValue(trackers) ?? []).Select(url => (string[])[url])],
                LocalSearch = parsed.GetValue(localSearch) switch { "on" => true, "off" => false, _ => null },
                OnComplete = parsed.GetValue(onComplete),
                ExitWhenComplete = parsed.GetValue(exit),
                SeedFor = parsed.GetValue(seedFor),
                ProgressEvery = report.ProgressEvery,
            };
            return Run(source.Apply(parsed, options, config), parsed.GetValue(keyFile), report);
        });
        return command;
    }

    private static int Run(SyncOptions options, string? keyPath, ISyncReport report)
    {
        void Tell(SyncEvent happened) => Quietly(() => report.Tell(happened));
        try
        {
            var keys = Keys(keyPath, text => Tell(new SyncEvent.Warning(text)));
            if (keys.Count > 0)
                TlsLibrary.TrustNobodyElse();
            var job = new SyncJob(options with { Keys = keys }, Tell);
            using var signals = new StopSignals(job.Stop);
            job.Run();
            return ExitCode.Done;
        }
        catch (SyncException e)
        {
            Quietly(() => report.Fail(e.Message));
            return e.IsWrongUse ? ExitCode.WrongUse : ExitCode.Failed;
        }
    }

    // As for roj node: the option, then the environment's key, then its file.
    private static IReadOnlyList<ClusterKey> Keys(string? path, Action<string> warn)
    {
        string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        try
        {
            if (path is null && Variable("ROJ_KEY") is { } secret)
                return KeyFile.Parse("ROJ_KEY", secret);
            return (path ?? Variable("ROJ_KEY_FILE")) is { } file ? KeyFile.Read(file, warn) : [];
        }
        catch (KeyException e)
        {
            throw new SyncException(e.Message, isWrongUse: true);
        }
    }

    private static void Quietly(Action tell)
    {
        try
        {
            tell();
        }
        catch (IOException)
        {
            // A full disk under the log is no reason to stop sharing.
        }
    }

    private static Option<uint?> Address() => new("--address")
    {
        Description = "Own IPv4 address; by default that of the interface with the default route, or the only one.",
        CustomParser = Arguments.Address("--address"),
    };

    private static Option<string> Cluster() => new("--cluster")
    {
        Description = "Name of the cluster; nodes of another are not seen.",
        DefaultValueFactory = _ => "roj",
        CustomParser = Arguments.Text("--cluster", Hello.ClusterBytesMax),
    };

    private static Option<string[]> Trackers() => new("--tracker")
    {
        Description = "Announce to this tracker, such as http://192.168.7.11:6881/announce; may be repeated, tried in this order.",
        CustomParser = Arguments.Trackers("--tracker"),
    };

    private static Option<string> LocalSearch() => new("--local-search")
    {
        Description = "Look for other BitTorrent programs of the network (BEP 14): on, off or auto (off on the loopback).",
        DefaultValueFactory = _ => "auto",
        CustomParser = Arguments.OneOf("--local-search", "auto", "on", "off"),
    };

    private static Option<string> FilePath(string name, string description, string standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = Arguments.FilePath(name),
    };

    private static Option<ushort> Port(string name, string description, ushort standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = Arguments.Number<ushort>(name, 1, ushort.MaxValue),
    };
}
