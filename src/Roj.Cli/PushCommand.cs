using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary><c>roj push</c> and <c>roj rollback</c>: a file rolled out in stages, one color after the other.</summary>
internal static class PushCommand
{
    private const string Path = "/api/v1/push";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var file = new Argument<string?>("file")
        {
            Description = "A file on this machine; it is read where it is, and must stay until it is everywhere.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var to = Color("--to", "The color that has it first: green or red.");
        var then = Color("--then", "The color that has it next, when enough of the first have succeeded.");
        var when = new Option<int>("--when")
        {
            Description = "How many of a color must succeed, such as 95%; else all go back.",
            DefaultValueFactory = _ => 95,
            CustomParser = ParsePercent,
        };
        var run = new Option<string?>("--run")
        {
            Description = "A command for the shell of each node, once the file is there (ROJ_FILE, ROJ_COLOR); it must exit with 0.",
        };
        var into = new Option<string?>("--into")
        {
            Description = "Where it belongs, from the folder on that each node allows; by default the file's name.",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait for the end: the leader goes on by itself." };
        var status = new Option<bool>("--status") { Description = "Push nothing: tell how the last push stands." };
        var command = new Command(
            "push",
            "Roll a file out to nodes that were started with --allow-push. Example: roj push app --to green --then red --run './check'")
        {
            file, to, then, when, run, into, noWait, status,
        };
        command.Validators.Add(result => Check(result, file, to, then, status));
        PushRequestView Request(ParseResult parsed) => new(
            System.IO.Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(to), parsed.GetValue(then), parsed.GetValue(when),
            parsed.GetValue(run), parsed.GetValue(into));
        return new AskedNode().Of(command, (parsed, node, isJson) =>
        {
            if (parsed.GetValue(status))
                return Show(node, isJson);
            var answer = node.Post(Path, JsonSerializer.SerializeToUtf8Bytes(Request(parsed), ApiJson.Default.PushRequestView));
            return parsed.GetValue(noWait) ? Begun(answer, isJson) : UntilOver(node, answer, "done", isJson);
        });
    }

    public static Command CreateRollback()
    {
        var name = new Argument<string>("name") { Description = "What the file is called that was pushed last." };
        var command = new Command(
            "rollback", "Have all nodes go back to what was there before the last push. Example: roj rollback app") { name };
        return new AskedNode().Of(command, (parsed, node, isJson) =>
        {
            var request = new RollbackRequestView(parsed.GetValue(name));
            var answer = node.Post($"{Path}/rollback", JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.RollbackRequestView));
            return UntilOver(node, answer, "back", isJson);
        });
    }

    private static void Check(
        CommandResult result, Argument<string?> file, Option<string?> to, Option<string?> then, Option<bool> status)
    {
        var isStatus = result.GetResult(status) is { Implicit: false };
        var hasFile = result.GetResult(file) is { Tokens.Count: > 0 };
        if (isStatus && (hasFile || result.GetResult(to) is not null))
            result.AddError("roj push --status takes no file: it tells how the last push stands.");
        else if (!isStatus && (!hasFile || result.GetResult(to) is null))
            result.AddError("roj push takes a file, and --to green or --to red.");
        if (result.GetResult(then) is { } next && result.GetResult(to) is { } first && Word(first) == Word(next))
            result.AddError("--then takes the other color than --to.");
    }

    private static string Word(OptionResult result) => result.Tokens is [var token] ? token.Value : "";

    private static Option<string?> Color(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.AcceptOnlyFromAmong("green", "red");
        return option;
    }

    private static int ParsePercent(ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        var isNumber = int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var percent);
        if (isNumber && percent is >= 1 and <= 100 && !text.EndsWith("%%", StringComparison.Ordinal))
            return percent;
        result.AddError($"--when takes a share from 1% to 100%, not '{text}'.");
        return 0;
    }

    private static int Begun(byte[] answer, bool isJson)
    {
        if (isJson)
            Answer.Copy(answer, Console.Out);
        else
            Console.WriteLine(Arguments.OneLine($"{View(answer).Name} is on its way; 'roj push --status' tells how it stands"));
        return ExitCode.Done;
    }

    private static int Show(NodeClient node, bool isJson)
    {
        var json = node.Get(Path);
        if (isJson)
            Answer.Copy(json, Console.Out);
        else if (JsonSerializer.Deserialize(json, ApiJson.Default.PushView)! is { Plan: { } plan } view)
            Table(plan, view.Nodes);
        else
            Console.WriteLine("nothing has been pushed");
        return ExitCode.Done;
    }

    // The leader may be another one than at the beginning, and the plan is what counts: its id.
    private static int UntilOver(NodeClient node, byte[] begun, string wanted, bool isJson)
    {
        var id = View(begun).Id;
        var shown = "";
        var heardAt = DateTime.UtcNow;
        while (true)
        {
            byte[] json;
            try
            {
                json = node.Get(Path);
                heardAt = DateTime.UtcNow;
            }
            catch (AskException) when (DateTime.UtcNow - heardAt < SilencePatience)
            {
                Thread.Sleep(Pace);
                continue;
            }

            var view = JsonSerializer.Deserialize(json, ApiJson.Default.PushView)!;
            if (view.Plan is not { } plan || plan.Id != id)
                throw new AskException("failed", "another push has begun meanwhile: 'roj push --status' tells of that");
            var line = Line(plan, view.Nodes);
            if (!isJson && line != shown)
                Console.WriteLine(Arguments.OneLine(shown = line));
            if (plan.Verdict is "done" or "back")
                return End(plan, view, json, wanted, isJson);
            Thread.Sleep(Pace);
        }
    }

    private static int End(PushPlanView plan, PushView view, byte[] json, string wanted, bool isJson)
    {
        if (isJson)
            Answer.Copy(json, Console.Out);
        else
            Table(plan, view.Nodes);
        return plan.Verdict == wanted ? ExitCode.Done : Failures.Tell(isJson, "failed", plan.Why, ExitCode.Failed);
    }

    private static string Line(PushPlanView plan, IReadOnlyList<PushNodeView> nodes)
    {
        var states = nodes.GroupBy(node => (node.Color, node.State)).OrderBy(group => group.Key.Color, StringComparer.Ordinal)
            .ThenBy(group => group.Key.State, StringComparer.Ordinal)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key.Color} {group.Key.State}"));
        var why = plan.Why.Length > 0 ? $" ({plan.Why})" : "";
        return $"{plan.Name}: {Verdict(plan)}{why}: {string.Join(", ", states)}";
    }

    private static string Verdict(PushPlanView plan) => plan.Verdict switch
    {
        "going" => $"goes to {plan.Stages[plan.Stage].Color}",
        "done" => "done",
        "goingBack" => "goes back",
        _ => "as before",
    };

    private static void Table(PushPlanView plan, IReadOnlyList<PushNodeView> nodes)
    {
        Columns.Write(
            Console.Out,
            [
                ["NODE", "COLOR", "STATE", "WORDS"],
                .. nodes.Select(one => (string[])[one.Node.Name.Length > 0 ? one.Node.Name : one.Node.Id, one.Color, one.State, one.Words]),
            ]);
        Console.WriteLine(Arguments.OneLine($"{plan.Name}: {Verdict(plan)}{(plan.Why.Length > 0 ? $": {plan.Why}" : "")}"));
    }

    private static PushPlanView View(byte[] json) => JsonSerializer.Deserialize(json, ApiJson.Default.PushPlanView)!;
}
