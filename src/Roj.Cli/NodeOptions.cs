using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;

namespace Roj.Cli;

/// <summary>What all commands that ask a running node have in common: which one, how to print, and how to fail.</summary>
internal sealed class NodeOptions
{
    private const string Variable = "ROJ_NODE";
    private const string Standard = "http://127.0.0.1:7070";

    private readonly Option<Uri?> node = new("--node")
    {
        Description = $"The node to ask; else what {Variable} says, else {Standard}.",
        CustomParser = result => Parse(result, "--node", result.Tokens is [var token] ? token.Value : ""),
    };

    private readonly Option<string> output = new("--output")
    {
        Description = "text or json.",
        DefaultValueFactory = _ => "text",
        CustomParser = Arguments.OneOf("--output", "text", "json"),
    };

    /// <summary>Makes a command of it: what it does with a node, once for text and once for JSON.</summary>
    public Command Of(Command command, Action<ParseResult, NodeClient, TextWriter> text, Action<ParseResult, NodeClient, TextWriter> json)
    {
        command.Add(node);
        command.Add(output);
        command.Validators.Add(result =>
        {
            // Only where it is used: an option is stronger than the environment.
            if (result.GetResult(node) is null && FromEnvironment() is { } given && Usable(given) is null)
                result.AddError(Mistake(Variable, given));
        });
        command.SetAction(parsed => Run(
            parsed.GetValue(node) ?? Usable(FromEnvironment() ?? Standard)!,
            parsed.GetValue(output) == "json",
            (client, isJson) => (isJson ? json : text)(parsed, client, Console.Out)));
        return command;
    }

    private static int Run(Uri node, bool isJson, Action<NodeClient, bool> ask)
    {
        using var client = new NodeClient(node);
        try
        {
            ask(client, isJson);
            return ExitCode.Done;
        }
        catch (AskException e)
        {
            Console.Error.WriteLine(isJson ? Json(e) : $"roj: {Arguments.OneLine(e.Message)}");
            return ExitCode.Failed;
        }
        catch (IOException)
        {
            return ExitCode.Failed; // who read our words has gone: roj events -f | head
        }
    }

    // RFC 9457, as the node says it.
    private static string Json(AskException failure)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("title", failure.Title);
            if (failure.Status is { } status)
                json.WriteNumber("status", status);
            json.WriteString("detail", failure.Detail);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
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
