using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Roj.Cli.Up;
using Roj.Host.Disk;
using Roj.Host.Security;
using Roj.Kernel;
using Spectre.Console;

namespace Roj.Cli;

/// <summary><c>roj up</c>: a cluster on this machine, to look at.</summary>
internal static class UpCommand
{
    private const int NodesMax = 64;

    public static Command Create()
    {
        var nodes = new Argument<int>("nodes")
        {
            Description = "How many nodes, 5 unless given.",
            DefaultValueFactory = _ => 5,
            CustomParser = Arguments.Number("roj up", 1, NodesMax),
        };
        var port = Port("--port", "UDP and TCP port between the nodes, the same at each address.", Host.SyncOptions.DefaultNodePort);
        var httpPort = Port("--http-port", "TCP port of the HTTP API, the same at each address.", Host.Daemon.NodeOptions.DefaultHttpPort);
        var time = new Option<TimeSpan>("--for")
        {
            Description = "End by itself after so long, such as 30s; failed if not all saw each other until then.",
            CustomParser = Arguments.Span("--for"),
        };
        var share = new Option<string?>("--share")
        {
            Description = "Have the first node share a file and the others fetch it; over when all have it.",
            CustomParser = Arguments.FilePath("--share"),
        };
        var chaos = new Option<bool>("--chaos")
        {
            Description = "Kill a node, have one stand still, and split them, in turn, while you watch; it says what it does.",
        };
        var output = OutputOption.Create("text or json (events, a line each).");
        var command = new Command(
            "up", "Start nodes on this machine's loopback addresses, each a process, until Ctrl-C. Example: roj up 5")
        {
            nodes, port, httpPort, time, share, chaos, output,
        };
        command.Validators.Add(result =>
        {
            // By its word: the value of what is no number can't be had.
            var word = result.GetResult(nodes)?.Tokens is [var token] ? token.Value : "";
            if (result.GetResult(share) is not null && int.TryParse(word, out var count) && count == 1)
                result.AddError("roj up --share takes 2 nodes at least.");
        });
        command.Validators.Add(result =>
        {
            var word = result.GetResult(nodes)?.Tokens is [var token] ? token.Value : "";
            if (result.GetResult(chaos) is { Implicit: false } && int.TryParse(word, out var count) && count is 1 or 2)
                result.AddError("roj up --chaos takes 3 nodes at least.");
        });
        command.SetAction(parsed =>
        {
            var isJson = parsed.GetValue(output) == "json";
            var file = parsed.GetValue(share) is { } path ? new FileInfo(path) : null;
            if (file is not null && Failures.Caught(() => _ = new Describing(file.FullName), isJson) is not ExitCode.Done and var refused)
                return refused;
            TimeSpan? limit = parsed.GetResult(time) is null ? null : parsed.GetValue(time);
            var options = new UpOptions(
                parsed.GetValue(nodes), parsed.GetValue(port), parsed.GetValue(httpPort), limit, file, parsed.GetValue(chaos));
            return Run(options, isJson);
        });
        return command;
    }

    private static int Run(UpOptions options, bool isJson)
    {
        var isTerminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        IUpReport report = isJson ? new UpJson(Console.Out) : isTerminal ? new UpTable() : new UpLines(Console.Out);
        if (Trouble(options) is { } trouble)
            return Failures.Tell(isJson, "not started", trouble, ExitCode.Failed);
        using var cluster = new LocalCluster(options, report);
        cluster.Run();
        if (cluster.Failure is { } failure)
            return Failures.Tell(isJson, "not started", failure, ExitCode.Failed);
        if (cluster.ShareFailure is { } unshared)
            return Failures.Tell(isJson, "failed", unshared, ExitCode.Failed);
        if (cluster.IsSharing && !cluster.IsShared)
            return Failures.Tell(isJson, "failed", "it was over before every node had the file", ExitCode.Failed);
        if (!cluster.IsSharing && options.For is not null && !cluster.WasComplete)
            return Failures.Tell(isJson, "failed", "the time was over before all nodes saw each other", ExitCode.Failed);
        if (!isJson)
            Console.WriteLine("All nodes have ended, and nothing is left of them.");
        return ExitCode.Done;
    }

    /// <summary>Why it can't begin: one line; null if it can.</summary>
    private static string? Trouble(UpOptions options)
    {
        if (options.Port == options.HttpPort)
            return "--port and --http-port must differ: both are TCP ports";
        if (Environment.GetEnvironmentVariable("ROJ_KEY_FILE") == KeyFile.StandardInput)
            return "several nodes can't read one standard input: ROJ_KEY_FILE takes the path of a file here";
        for (var number = 1u; number <= options.Count; number++)
        {
            foreach (var port in (ushort[])[options.Port, options.HttpPort])
            {
                var place = new Endpoint(0x7F000000 + number, port);
                if (PortUse.Trouble(place) is { } trouble)
                    return Words(place, port == options.Port ? "--port" : "--http-port", trouble);
            }
        }

        return null;
    }

    private static string Words(Endpoint place, string option, SocketError trouble)
    {
        var address = Endpoint.AddressText(place.Address);
        return trouble switch
        {
            SocketError.AddressAlreadyInUse =>
                $"{place} is taken{(PortUse.Holder(place) is { } holder ? $" by {holder}" : "")}: end that, or take another {option}",
            SocketError.AddressNotAvailable => $"this system has no {address} (macOS has 127.0.0.1 alone): as root, "
                + $"'ifconfig lo0 alias {address}' gives it one; or start a single node: roj up 1",
            SocketError.AccessDenied => $"{place} may not be used by this user: take another {option}, above 1023",
            _ => string.Create(CultureInfo.InvariantCulture, $"{place} can't be listened on: {new SocketException((int)trouble).Message}"),
        };
    }

    private static Option<ushort> Port(string name, string description, ushort standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = Arguments.Number<ushort>(name, 1, ushort.MaxValue),
    };
}
