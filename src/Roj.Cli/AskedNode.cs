using System.CommandLine;
using System.CommandLine.Parsing;

namespace Roj.Cli;

/// <summary>What all commands that ask a running node have in common: which one, how to print, and how to fail.</summary>
internal sealed class AskedNode
{
    private const string Variable = "ROJ_NODE";
    private const string Standard = "http://127.0.0.1:7070";

    private readonly Option<Uri?> node = NodeOption($"The node to ask; else what {Variable} says, else {Standard}.");

    private readonly Option<string> output = OutputOption.Create();

    /// <summary><c>--node URL</c>.</summary>
    public static Option<Uri?> NodeOption(string description) => new("--node")
    {
        Description = description,
        CustomParser = result => Parse(result, "--node", result.Tokens is [var token] ? token.Value : ""),
    };

    /// <summary>What the environment says, where no option does; null for nothing.</summary>
    public static Uri? Given() => FromEnvironment() is { } given ? Usable(given) : null;

    /// <summary>Refuses a variable that is no URL, where it is used: an option is stronger than the environment.</summary>
    public static void CheckEnvironment(Command command, Option<Uri?> node) => command.Validators.Add(result =>
    {
        if (result.GetResult(node) is null && FromEnvironment() is { } given && Usable(given) is null)
            result.AddError(Mistake(Variable, given));
    });

    /// <summary>Makes a command of it: what it does with a node, once for text and once for JSON.</summary>
    public Command Of(
        Command command, Action<ParseResult, NodeClient, TextWriter> text, Action<ParseResult, NodeClient, TextWriter> json) =>
        Of(command, (parsed, client, isJson) =>
        {
            (isJson ? json : text)(parsed, client, Console.Out);
            return ExitCode.Done;
        });

    /// <summary>Makes a command of it that says itself how it ended; the last of its arguments is whether people or programs are told
    /// so.</summary>
    public Command Of(Command command, Func<ParseResult, NodeClient, bool, int> act)
    {
        command.Add(node);
        command.Add(output);
        CheckEnvironment(command, node);
        command.SetAction(parsed => Run(
            parsed.GetValue(node) ?? Given() ?? new Uri(Standard),
            isNamed: parsed.GetValue(node) is not null,
            parsed.GetValue(output) == "json",
            (client, isJson) => act(parsed, client, isJson)));
        return command;
    }

    private static int Run(Uri node, bool isNamed, bool isJson, Func<NodeClient, bool, int> ask)
    {
        using var client = new NodeClient(node, () => isNamed ? NodeToken.Find() : NodeToken.Find().For(node));
        try
        {
            return ask(client, isJson);
        }
        catch (AskException e)
        {
            return isJson
                ? Failures.Tell(isJson, e.Title, e.Detail, ExitCode.Failed, e.Status)
                : Failures.Tell(isJson, e.Title, e.Message, ExitCode.Failed);
        }
        catch (IOException)
        {
            return ExitCode.Failed; // who read our words has gone: roj events -f | head
        }
    }

    private static string? FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    private static Uri? Parse(ArgumentResult result, string name, string text)
    {
        var usable = Usable(text);
        if (usable is null)
            result.AddError(Mistake(name, text));
        return usable;
    }

    private static string Mistake(string name, string text) => $"{name} takes a URL such as http://192.168.7.11:7070, not '{text}'.";

    private static Uri? Usable(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && url.AbsolutePath == "/"
            && url.Query.Length == 0 && url.Host.Length > 0 && url.UserInfo.Length == 0
            ? url
            : null;
}
