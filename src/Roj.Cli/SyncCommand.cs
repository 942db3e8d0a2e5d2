using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using Roj.Host;
using Roj.Kernel;

namespace Roj.Cli;

/// <summary><c>roj sync</c>: one data file, made right by and for everybody who shares it.</summary>
internal static class SyncCommand
{
    public static Command Create()
    {
        var config = Text("--config", "The description and the peers (torrent.conf).", "/torrent.conf");
        var data = Text("--data", "The data file; it is created, repaired and cut to its length as need be.", "/data.bin");
        var port = Port("--port", "TCP port of the swarm, here and on the peers that are named.", SyncOptions.DefaultSwarmPort);
        var nodePort = Port("--node-port", "UDP port by which nodes find each other.", SyncOptions.DefaultNodePort);
        var address = new Option<uint?>("--address")
        {
            Description = "Own IPv4 address; by default that of the interface with the default route, or the only one.",
            CustomParser = ParseAddress,
        };
        var cluster = Text("--cluster", "Name of the cluster; nodes of another are not seen.", "roj");
        var onComplete = new Option<string?>("--on-complete")
        {
            Description = "Shell command run once, when the data file has just become right.",
        };
        var exit = new Option<bool>("--exit-when-complete") { Description = "End when the data file is right." };
        var seedFor = new Option<TimeSpan>("--seed-for")
        {
            Description = "With --exit-when-complete: go on giving for this long first, such as 30s.",
            CustomParser = ParseSpan,
        };
        var output = new Option<string>("--output") { Description = "text or json (a line each).", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        var tied = new Option<bool>("--end-with-stdin") { Description = "End when standard input is closed.", Hidden = true };

        var command = new Command(
            "sync",
            "Make a data file match its description, and help others to the same. Example: roj sync --config torrent.conf --data data.bin")
        {
            config, data, port, nodePort, address, cluster, onComplete, exit, seedFor, output, tied,
        };
        command.SetAction(parsed =>
        {
            var isJson = parsed.GetValue(output) == "json";
            ISyncReport report = isJson ? new JsonReport(Console.Out) : TextReport.For(Console.Out, Console.IsOutputRedirected);
            var options = new SyncOptions
            {
                ConfigPath = parsed.GetValue(config)!,
                DataPath = parsed.GetValue(data)!,
                SwarmPort = parsed.GetValue(port),
                NodePort = parsed.GetValue(nodePort),
                Address = parsed.GetValue(address),
                Cluster = parsed.GetValue(cluster)!,
                OnComplete = parsed.GetValue(onComplete),
                ExitWhenComplete = parsed.GetValue(exit),
                SeedFor = parsed.GetValue(seedFor),
                ProgressEvery = report.ProgressEvery,
            };
            return Run(options, report, parsed.GetValue(tied));
        });
        return command;
    }

    private static int Run(SyncOptions options, ISyncReport report, bool endWithStdin)
    {
        var job = new SyncJob(options, report.Tell);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            job.Stop();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (endWithStdin)
            new Thread(() => WaitForEnd(job)) { IsBackground = true }.Start();
        try
        {
            job.Run();
            return ExitCode.Done;
        }
        catch (SyncException e)
        {
            report.Fail(e.Message);
            return e.IsWrongUse ? ExitCode.WrongUse : ExitCode.Failed;
        }
    }

    private static void WaitForEnd(SyncJob job)
    {
        while (Console.In.Read() >= 0)
        {
            // Whatever is typed is nothing to us; the end is.
        }

        job.Stop();
    }

    private static Option<string> Text(string name, string description, string standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };

    private static Option<ushort> Port(string name, string description, ushort standard)
    {
        var option = new Option<ushort>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<ushort>() == 0)
                result.AddError($"{name} takes a port, 1 to 65535.");
        });
        return option;
    }

    private static uint? ParseAddress(ArgumentResult result)
    {
        if (Endpoint.TryParseAddress(result.Tokens[0].Value, out var address))
            return address;
        result.AddError($"--address takes an IPv4 address, not '{result.Tokens[0].Value}'.");
        return null;
    }

    private static TimeSpan ParseSpan(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var unit = text.LastOrDefault() switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return TimeSpan.FromSeconds((long)count * unit);
        result.AddError($"--seed-for takes a time such as 30s, 5m or 1h, not '{text}'.");
        return default;
    }
}
