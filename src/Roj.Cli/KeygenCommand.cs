using System.CommandLine;
using Roj.Host.Security;

namespace Roj.Cli;

/// <summary><c>roj keygen</c>: the secret that all nodes of a cluster share.</summary>
internal static class KeygenCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("file")
        {
            Description = "Where to put it, for its owner alone to read; else it is printed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "keygen",
            "Make a cluster key: nodes that hold it talk to each other alone, and nobody else can listen. Example: roj keygen /etc/roj.key")
        {
            file,
        };
        command.SetAction(parsed => Run(parsed.GetValue(file)));
        return command;
    }

    private static int Run(string? path)
    {
        var key = ClusterKey.Create();
        if (path is null)
        {
            Console.WriteLine(key.Reveal());
            return ExitCode.Done;
        }

        try
        {
            KeyFile.Create(path, key);
        }
        catch (KeyException e)
        {
            return Failures.Tell(isJson: false, "failed", e.Message, ExitCode.Failed);
        }

        Console.WriteLine($"{key} is in {path}. Copy it to each node by a way that nobody else sees, then: roj node --key-file {path}");
        return ExitCode.Done;
    }
}
