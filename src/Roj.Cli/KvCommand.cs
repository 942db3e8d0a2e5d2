using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Roj.Storage;

namespace Roj.Cli;

/// <summary><c>roj kv</c>: what the store keeps.</summary>
internal static class KvCommand
{
    private static readonly Option<int> database = Database();

    public static Command Create() => new("kv", "Keys and values that the cluster keeps. Example: roj kv set greeting hello")
    {
        CreateGet(),
        CreateSet(),
        CreateDelete(),
        CreateKeys(),
        CreateWatch(),
        KvStatusCommand.Create(),
    };

    private static Command CreateGet()
    {
        var key = Key();
        void Write(ParseResult parsed, NodeClient node, TextWriter _)
        {
            var value = node.GetBytes(Path(parsed, parsed.GetValue(key)!));
            using var output = Console.OpenStandardOutput();
            output.Write(value);
            if (!Console.IsOutputRedirected)
                output.WriteByte((byte)'\n');
        }

        return new AskedNode().Of(
            new Command("get", "Print what a key holds, byte by byte. Example: roj kv get greeting") { key, database }, Write, Write);
    }

    private static Command CreateSet()
    {
        var key = Key();
        var value = new Argument<string>("value") { Description = "What it is to hold; - for what comes by standard input." };
        NoOption(value);
        var ttl = new Option<TimeSpan?>("--ttl")
        {
            Description = "How long it is to be kept, such as 90s or 500ms; for ever without it.",
            CustomParser = result => Arguments.Span("--ttl")(result),
        };
        return new AskedNode().Of(
            new Command("set", "Have a key hold a value. Example: roj kv set greeting hello") { key, value, ttl, database },
            (parsed, node, isJson) =>
            {
                var path = Path(parsed, parsed.GetValue(key)!);
                if (parsed.GetValue(ttl) is { } time)
                    path += string.Create(CultureInfo.InvariantCulture, $"&ttl={time.TotalSeconds:0.###}");
                var answer = node.PostBytes(path, Content(parsed.GetValue(value)!));
                if (isJson)
                    Answer.Copy(answer, Console.Out);
                return ExitCode.Done;
            });
    }

    private static Command CreateDelete()
    {
        var keys = new Argument<string[]>("key") { Description = "The keys.", Arity = ArgumentArity.OneOrMore };
        NoOption(keys);
        return new AskedNode().Of(
            new Command("del", "Delete keys, and say of how many there was something to delete. Example: roj kv del greeting")
            {
                keys, database,
            },
            (parsed, node, isJson) =>
            {
                var deleted = 0;
                foreach (var key in parsed.GetValue(keys)!)
                {
                    using var answer = JsonDocument.Parse(node.Delete(Path(parsed, key)));
                    deleted += answer.RootElement.GetProperty("done").GetBoolean() ? 1 : 0;
                }

                var number = deleted.ToString(CultureInfo.InvariantCulture);
                Console.Out.WriteLine(isJson ? $"{{\"deleted\":{number}}}" : number);
                return ExitCode.Done;
            });
    }

    private static Command CreateKeys()
    {
        var prefix = new Option<string>("--prefix")
        {
            Description = "Only those that begin so.",
            DefaultValueFactory = _ => "",
        };
        return new AskedNode().Of(
            new Command("keys", "Print the keys, one a line, in no order. Example: roj kv keys --prefix user:") { prefix, database },
            (parsed, node, isJson) =>
            {
                var next = "0";
                var seen = new HashSet<string>(StringComparer.Ordinal); // who scans may hear of one twice
                do
                {
                    using var page = JsonDocument.Parse(node.Get(
                        $"/api/v1/store/keys?db={parsed.GetValue(database)}&count=1000&cursor={next}"
                        + $"&prefix={Uri.EscapeDataString(parsed.GetValue(prefix)!)}"));
                    foreach (var key in page.RootElement.GetProperty("keys").EnumerateArray())
                    {
                        if (seen.Add(key.GetString()!))
                            Console.Out.WriteLine(isJson ? key.GetRawText() : Arguments.OneLine(key.GetString()!));
                    }

                    next = page.RootElement.GetProperty("next").GetString()!;
                }
                while (next != "0");
                return ExitCode.Done;
            });
    }

    private static Command CreateWatch()
    {
        var prefix = new Option<string>("--prefix")
        {
            Description = "Only keys that begin so.",
            DefaultValueFactory = _ => "",
        };
        var some = new Option<int?>("--db") { Description = $"Only this database, 0 to {StorageLimits.Databases - 1}; all without it." };
        void Tell(ParseResult parsed, NodeClient node, TextWriter output, bool isJson)
        {
            var database = parsed.GetValue(some) is { } number ? string.Create(CultureInfo.InvariantCulture, $"&db={number}") : "";
            node.Follow($"/api/v1/store/events?prefix={Uri.EscapeDataString(parsed.GetValue(prefix)!)}{database}", json =>
            {
                output.WriteLine(isJson ? json : Line(json));
                output.Flush();
            });
            throw new AskException("gone", "the node ended the stream: it is leaving, or was stopped");
        }

        return new AskedNode().Of(
            new Command(
                "watch", "Tell which keys change, at whatever node, a line each, until Ctrl-C. Example: roj kv watch --prefix user:")
            {
                prefix, some,
            },
            (parsed, node, output) => Tell(parsed, node, output, isJson: false),
            (parsed, node, output) => Tell(parsed, node, output, isJson: true));
    }

    private static string Line(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        var said = parsed.RootElement;
        var time = said.GetProperty("time").GetDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        if (!said.TryGetProperty("missed", out var missed))
        {
            return Arguments.OneLine(
                $"{time} {said.GetProperty("db")} {said.GetProperty("key")} {said.GetProperty("change")} {said.GetProperty("version")}");
        }

        var node = said.TryGetProperty("node", out var id) && id.ValueKind is JsonValueKind.String ? $" at {id}" : "";
        return missed.GetInt64() > 0
            ? $"{time} missed: {missed} changes or more{node}"
            : $"{time} missed: perhaps some changes{node}, which can't be reached any more";
    }

    private static Argument<string> Key()
    {
        var key = new Argument<string>("key") { Description = "The key." };
        NoOption(key);
        return key;
    }

    // An option that nobody knows would be a key else, or what one is to hold.
    private static void NoOption(Argument argument) => argument.Validators.Add(result =>
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } wrong)
            result.AddError($"What is '{wrong.Value}'?");
    });

    private static Option<int> Database()
    {
        var option = new Option<int>("--db")
        {
            Description = $"The number of the database, 0 to {StorageLimits.Databases - 1}; keys of one are not seen in another.",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or >= StorageLimits.Databases)
                result.AddError($"--db takes 0 to {StorageLimits.Databases - 1}");
        });
        return option;
    }

    private static string Path(ParseResult parsed, string key) =>
        $"/api/v1/store/value?db={parsed.GetValue(database)}&key={Uri.EscapeDataString(key)}";

    private static byte[] Content(string value)
    {
        if (value != "-")
            return Encoding.UTF8.GetBytes(value);
        using var input = Console.OpenStandardInput();
        using var all = new MemoryStream();
        input.CopyTo(all);
        return all.ToArray();
    }
}
