using System.CommandLine;
using System.CommandLine.Parsing;

namespace Roj.Cli;

/// <summary>The program <c>roj</c>.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var root = new RootCommand("Roj: any handful of machines on a network becomes a cluster that runs itself.")
        {
            NodeCommand.Create(),
            KeygenCommand.Create(),
            KeyCommand.Create(),
            SyncCommand.Create(),
            StatusCommand.Create(),
            MembersCommand.Create(),
            LeaderCommand.Create(),
            TokenCommand.Create(),
            KvCommand.Create(),
            ColorsCommand.Create(),
            EventsCommand.Create(),
            FileCommand.Create(),
            PushCommand.Create(),
            PushCommand.CreateRollback(),
            WhyCommand.Create(),
            EvictCommand.Create(),
            LeaveCommand.Create(),
            TorrentCommand.Create(),
            UpCommand.Create(),
            DoctorCommand.Create(),
            SimCommand.Create(),
        };
        root.Add(CompletionCommand.Create(root));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
            return parsed.Invoke();

        return Failures.Tell(OutputOption.IsJson(args), "wrong use", Complaint(parsed), ExitCode.WrongUse);
    }

    /// <summary>One line, also where there are several mistakes: a word that nobody knows is likely the cause of the others.</summary>
    private static string Complaint(ParseResult parsed)
    {
        var mistake = parsed.UnmatchedTokens is [var unknown, ..] ? $"What is '{unknown}'?" : parsed.Errors[0].Message;
        return Arguments.OneLine($"{mistake} Try '{NameOf(parsed.CommandResult)} --help'.");
    }

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "roj";
}
