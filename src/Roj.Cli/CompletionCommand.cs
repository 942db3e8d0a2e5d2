using System.CommandLine;
using Roj.Cli.Completion;

namespace Roj.Cli;

/// <summary><c>roj completion</c>: what a shell evaluates to complete the program's words.</summary>
internal static class CompletionCommand
{
    /// <summary>Made of the tree that it will stand in.</summary>
    public static Command Create(Command root)
    {
        var shell = new Argument<string>("SHELL")
        {
            Description = "bash, zsh or fish.",
            CustomParser = Arguments.OneOf("roj completion", "bash", "zsh", "fish"),
        };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        var command = new Command(
            "completion",
            "Print what a shell evaluates to complete the program's words. Example: source <(roj completion bash)")
        {
            shell, OutputOption.Create("text or json; only failures are told in JSON."),
        };
        command.SetAction(parsed =>
        {
            CommandWords[] commands = [.. CommandWords.Of(root)];
            Console.Write(parsed.GetValue(shell) switch
            {
                "zsh" => "autoload -U +X bashcompinit && bashcompinit\n" + BashScript.Of(commands),
                "fish" => FishScript.Of(commands),
                _ => BashScript.Of(commands),
            });
            return ExitCode.Done;
        });
        return command;
    }
}
