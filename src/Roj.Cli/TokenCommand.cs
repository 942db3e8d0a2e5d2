using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Roj.Cli.Turns;
using Roj.Host.Tokens;
using Roj.Token;
using Roj.Token.Work;

namespace Roj.Cli;

/// <summary><c>roj token</c>: whose turn it is, and work that is done in turns.</summary>
internal static class TokenCommand
{
    private const string Standard = "pi";

    public static Command Create() => new("token", "Whose turn it is, and work in turns. Example: roj token exec -- ./migrate.sh")
    {
        CreateStatus(),
        CreateLog(),
        CreateResult(),
        CreateRun(),
        CreateExec(),
    };

    private static Command CreateStatus()
    {
        var name = Name();
        name.Description = "One token; all of them without it.";
        byte[] Ask(ParseResult parsed, NodeClient node) =>
            parsed.GetValue(name) is { } one ? new TokenNode(node).One(one) : new TokenNode(node).List();
        return new AskedNode().Of(
            new Command("status", "Tell who holds which token, and how far its work is. Example: roj token status pi") { name },
            (parsed, node, output) =>
            {
                using var answer = JsonDocument.Parse(Ask(parsed, node));
                var tokens = answer.RootElement.TryGetProperty("tokens", out var all)
                    ? all.EnumerateArray().ToArray()
                    : [answer.RootElement];
                Columns.Write(
                    output,
                    [["NAME", "MODE", "HERE", "HOLDER", "EPOCH", "SEQUENCE", "PROGRESS", "TURNS", "WORK", "NOTE"], .. tokens.Select(Row)]);
            },
            (parsed, node, output) => Answer.Copy(Ask(parsed, node), output));
    }

    private static string[] Row(JsonElement token) =>
    [
        Text(token, "name"), Text(token, "mode"), Text(token, "state"), Holder(token), Number(token, "epoch"), Number(token, "sequence"),
        Number(token, "progress"), Number(token, "turns"), Text(token, "work"), HoldLine.Text(token, "note") ?? "",
    ];

    private static Command CreateLog()
    {
        var name = Name();
        name.Description = $"Of which token; {Standard} without it.";
        return new AskedNode().Of(
            new Command("log", "Tell who held a token when, and how far the work got. Example: roj token log pi") { name },
            (parsed, node, output) =>
            {
                using var answer = JsonDocument.Parse(new TokenNode(node).Log(parsed.GetValue(name) ?? Standard));
                string[][] entries = [.. answer.RootElement.GetProperty("entries").EnumerateArray().Select(Entry)];
                Columns.Write(output, [["TIME", "EVENT", "HOLDER", "EPOCH", "SEQUENCE", "PROGRESS", "WHAT"], .. entries]);
            },
            (parsed, node, output) => Answer.Copy(new TokenNode(node).Log(parsed.GetValue(name) ?? Standard), output));
    }

    private static string[] Entry(JsonElement entry) =>
    [
        Text(entry, "time"), Text(entry, "event"), Holder(entry), Number(entry, "epoch"), Number(entry, "sequence"),
        Number(entry, "progress"), HoldLine.Text(entry, "message") ?? "",
    ];

    private static Command CreateResult()
    {
        var name = Name();
        name.Description = $"Of which token; {Standard} without it.";
        void Write(ParseResult parsed, NodeClient node)
        {
            var data = new TokenNode(node).Data(parsed.GetValue(name) ?? Standard);
            if (Pi.DigitsOf(data) is { } digits)
            {
                Console.Out.WriteLine(digits);
                return;
            }

            using var output = Console.OpenStandardOutput();
            output.Write(data);
        }

        return new AskedNode().Of(
            new Command("result", "Print the result so far: digits of pi, else the data as it is. Example: roj token result pi") { name },
            (parsed, node, _) => Write(parsed, node),
            (parsed, node, _) => Write(parsed, node));
    }

    private static Command CreateRun()
    {
        var step = new Option<string>("--step")
        {
            Description = "Shell command of a step: it reads the state and writes the next one; exit code 0 for more, 10 when it is done.",
            Required = true,
            CustomParser = Arguments.Text("--step", 64 * 1024),
        };
        var token = Token();
        var limit = new Option<TimeSpan>("--step-timeout")
        {
            Description = "How long a step may take; one that takes longer is killed, and has failed.",
            DefaultValueFactory = _ => TimeSpan.FromSeconds(10),
            CustomParser = Arguments.Span("--step-timeout"),
        };
        return new AskedNode().Of(
            new Command("run", "Work that outlives any machine, a step each turn. Example: roj token run --step ./step.sh")
            {
                step, token, limit,
            },
            (parsed, client, _) => Work((node, stop) => new TokenRun(
                node,
                parsed.GetValue(token) ?? node.Attached(),
                new StepCommand(node.Node, parsed.GetValue(step)!, parsed.GetValue(limit))).Run(stop), client));
    }

    private static Command CreateExec()
    {
        var token = Token();
        var once = new Option<string?>("--once")
        {
            Description = "What the command does: when that is done, on whichever machine, it is not run any more. Such as job-2026-07-01.",
            CustomParser = Arguments.Text("--once", TokenDoor.KeyBytesMax),
        };
        var words = new Argument<string[]>("command")
        {
            Description = "The command and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        words.Validators.Add(result =>
        {
            // An option that nobody knows would be run else, and --once with it.
            if (result.Tokens is [{ Value: ['-', ..] first }, ..])
                result.AddError($"What is '{first}'?");
        });
        return new AskedNode().Of(
            new Command("exec", "Run a command while no other machine does. Example: roj token exec -- ./migrate.sh")
            {
                token, once, words,
            },
            (parsed, client, _) => Work(
                (node, stop) => new TokenExec(
                    node, parsed.GetValue(token) ?? node.Attached(), parsed.GetValue(words)!, parsed.GetValue(once)).Run(stop),
                client));
    }

    private static int Work(Func<TokenNode, CancellationToken, int> work, NodeClient client)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop.Cancel, PosixSignal.SIGHUP);
        return work(new TokenNode(client), stop.Token);
    }

    private static Option<string?> Token() => new("--token")
    {
        Description = "Which token, made where there is none of that name; not needed where the node has only one for others' work.",
        CustomParser = result => NameOf(result, "--token"),
    };

    private static Argument<string?> Name() => new("name")
    {
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => NameOf(result, "name"),
    };

    private static string? NameOf(ArgumentResult result, string what)
    {
        if (result.Tokens is not [var word])
            return null;
        if (TokenName.IsOne(word.Value))
            return word.Value;
        result.AddError($"{what} takes a token's name, of up to {TokenName.LengthMax} a-z, 0-9, '-', '_' and '.', not '{word.Value}'.");
        return null;
    }

    private static string Holder(JsonElement of) => HoldLine.Text(of, "holderName") ?? HoldLine.Text(of, "holder") ?? "-";

    private static string Text(JsonElement of, string name) => HoldLine.Text(of, name) ?? "-";

    private static string Number(JsonElement of, string name) => HoldLine.Number(of, name).ToString(CultureInfo.InvariantCulture);
}
