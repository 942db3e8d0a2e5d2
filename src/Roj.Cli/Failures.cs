using Roj.Host;
using Roj.Host.Disk;

namespace Roj.Cli;

/// <summary>How a command that is over at once tells what went wrong: one line, and the exit code.</summary>
internal static class Failures
{
    public static int Caught(Action command)
    {
        try
        {
            command();
            return ExitCode.Done;
        }
        catch (Exception e) when (e is SyncException or DataFileException)
        {
            Console.Error.WriteLine($"roj: {Arguments.OneLine(e.Message)}");
            return e is SyncException { IsWrongUse: true } ? ExitCode.WrongUse : ExitCode.Failed;
        }
    }
}
