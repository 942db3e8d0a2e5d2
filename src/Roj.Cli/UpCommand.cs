using System.CommandLine;
using Roj.Host.Disk;

namespace Roj.Cli;

/// <summary><c>roj up</c>: a swarm on this machine, to look at.</summary>
internal static class UpCommand
{
    private const int NodesMax = 50;

    public static Command Create()
    {
        var nodes = new Argument<int>("nodes")
        {
            Description = "How many nodes.",
            DefaultValueFactory = _ => 5,
            CustomParser = Arguments.Number("roj up", 2, NodesMax),
        };
        var share = new Option<string>("--share")
        {
            Description = "The file that the first node has and the others get.",
            CustomParser = Arguments.FilePath("--share"),
            Required = true,
        };
        var command = new Command(
            "up",
            "Start a swarm on this machine's loopback addresses: one has a file, the others know nothing. Example: roj up 5 --share FILE")
        {
            nodes, share,
        };
        command.SetAction(parsed => Run(parsed.GetValue(nodes), new FileInfo(parsed.GetValue(share)!)));
        return command;
    }

    private static int Run(int count, FileInfo shared)
    {
        if (Failures.Caught(() => _ = new Describing(shared.FullName)) is not ExitCode.Done and var refused)
            return refused;
        using var demo = new LocalSwarm(count, shared);
        return demo.Run() ? ExitCode.Done : ExitCode.Failed;
    }
}
