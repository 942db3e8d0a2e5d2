using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Host.Security;

namespace Roj.Cli;

/// <summary><c>roj key</c>: the secret that the nodes of a cluster share, while they run.</summary>
internal static class KeyCommand
{
    private const string Key = "/api/v1/key";

    public static Command Create() => new("key", "Change the cluster's key, or write it out. Example: roj key rotate")
    {
        CreateRotate(),
        CreateList(),
        CreateShow(),
    };

    private static Command CreateRotate()
    {
        var now = new Option<bool>("--now")
        {
            Description = "Let go of the old key at once, not after 24 hours: who is away then must be given the new one by hand.",
        };
        var command = new Command(
            "rotate", "Have a node make a new key and give it to all members that are there; nobody restarts. Example: roj key rotate")
        {
            now,
        };
        return new AskedNode().Of(
            command,
            (parsed, node, output) => Tell(Rotate(node, parsed.GetValue(now)), parsed.GetValue(now), output),
            (parsed, node, output) => Answer.Copy(Rotate(node, parsed.GetValue(now)), output));
    }

    private static Command CreateList() => new AskedNode().Of(
        new Command("list", "List the names of a node's keys, which give nothing away. Example: roj key list"),
        (_, node, output) =>
        {
            var view = JsonSerializer.Deserialize(node.Get(Key), ApiJson.Default.KeyView)!;
            Columns.Write(
                output,
                [
                    ["KEY", "STATE"],
                    .. view.Keys.Select((key, i) => (string[])[key, i == 0 ? "spoken" : "heard"]),
                    .. view.Retired.Reverse().Select(key => (string[])[key, "retired"]),
                ]);
        },
        (_, node, output) => Answer.Copy(node.Get(Key), output));

    private static Command CreateShow()
    {
        var directory = new Option<string?>("--data-dir")
        {
            Description = "The node's data directory; else what ROJ_DATA_DIR says, else the usual one.",
            CustomParser = Arguments.FilePath("--data-dir"),
        };
        var command = new Command(
            "show", "Write out the key that a node of this machine speaks: for another machine, or a safe place. Example: roj key show")
        {
            directory,
        };
        command.SetAction(parsed => Show(parsed.GetValue(directory)));
        return command;
    }

    private static byte[] Rotate(NodeClient node, bool now) => node.Post(
        Key, JsonSerializer.SerializeToUtf8Bytes(new RotationRequestView(now), ApiJson.Default.RotationRequestView));

    private static void Tell(byte[] json, bool now, TextWriter output)
    {
        var view = JsonSerializer.Deserialize(json, ApiJson.Default.RotationView)!;
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"key {view.Key} is in force at this node and {view.Told} others.");
        if (view.Missed.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {string.Join(", ", view.Missed)} could not be told: ");
            text.Append(now ? "give it to them by hand ('roj key show')." : "they are when they are back, within 24 hours.");
        }

        output.WriteLine(Arguments.OneLine(text.ToString()));
    }

    private static int Show(string? given)
    {
        string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        var path = given ?? Variable("ROJ_DATA_DIR") ?? DataDirectory.DefaultPath(Variable, Environment.IsPrivilegedProcess);
        if (path is null)
        {
            return Failures.Tell(
                isJson: false, "wrong use", "there is no HOME to look for it in: say where with --data-dir", ExitCode.WrongUse);
        }

        try
        {
            Console.WriteLine(KeyStore.Spoken(path).Reveal());
            return ExitCode.Done;
        }
        catch (KeyException e)
        {
            return Failures.Tell(isJson: false, "failed", e.Message, ExitCode.Failed);
        }
    }
}
