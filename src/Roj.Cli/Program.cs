using System.CommandLine;

namespace Roj.Cli;

/// <summary>The program <c>roj</c>.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var root = new RootCommand("Roj: any handful of machines on a network becomes a cluster that runs itself.")
        {
            SyncCommand.Create(),
            UpCommand.Create(),
            SimCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
            return parsed.Invoke();

        foreach (var error in parsed.Errors)
            Console.Error.WriteLine($"roj: {error.Message}");
        Console.Error.WriteLine("Try 'roj --help', or 'roj COMMAND --help'.");
        return ExitCode.WrongUse;
    }
}
