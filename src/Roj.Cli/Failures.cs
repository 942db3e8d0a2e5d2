using Roj.Host;
using Roj.Host.Disk;

namespace Roj.Cli;

/// <summary>How a command tells what went wrong: one line on standard error, the same for every command, and the exit code.</summary>
internal static class Failures
{
    /// <summary>Runs a command that is over at once.</summary>
    public static int Caught(Action command, bool isJson = false)
    {
        try
        {
            command();
            return ExitCode.Done;
        }
        catch (Exception e) when (e is SyncException or DataFileException)
        {
            return e is SyncException { IsWrongUse: true }
                ? Tell(isJson, "wrong use", e.Message, ExitCode.WrongUse)
                : Tell(isJson, "failed", e.Message, ExitCode.Failed);
        }
    }

    /// <summary>Tells it, to people or to programs: the members of RFC 9457, and the exit code, which is returned.</summary>
    public static int Tell(bool isJson, string title, string detail, int exitCode, int? status = null)
    {
        Console.Error.WriteLine(isJson
            ? JsonText.Of(json =>
            {
                json.WriteString("title", title);
                if (status is { } number)
                    json.WriteNumber("status", number);
                json.WriteString("detail", Arguments.OneLine(detail));
                json.WriteNumber("exitCode", exitCode);
            })
            : $"roj: {Arguments.OneLine(detail)}");
        return exitCode;
    }
}
