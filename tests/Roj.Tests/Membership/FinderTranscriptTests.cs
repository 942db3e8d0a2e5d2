using System.Globalization;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Roj.Tests.Transcripts;
using Xunit;

namespace Roj.Tests.Membership;

/// <summary>Finding as a story: the .txt files beside this one. Nodes are called by the last number of their address.</summary>
public sealed class FinderTranscriptTests
{
    private Finding finding = new();

    [Theory]
    [InlineData("alone.txt")]
    [InlineData("static-peer.txt")]
    [InlineData("strangers.txt")]
    [InlineData("clone.txt")]
    public void Plays_as_written(string name) => Transcript.Verify(name, Play);

    private List<string> Play(string command)
    {
        var words = command.Split(' ');
        var output = new List<string>();
        switch (words[0])
        {
            case "node": // node [broadcast] [sweep=<prefix length>]: node 1 of 172.20.7.0, without jitter
                var prefix = words.FirstOrDefault(w => w.StartsWith("sweep=", StringComparison.Ordinal))?[6..];
                finding = new Finding(Finding.Settings() with
                {
                    Broadcast = words.Contains("broadcast"),
                    Sweep = prefix is not null,
                    Subnets = [new Subnet(Finding.At(1).Address, int.Parse(prefix ?? "24", CultureInfo.InvariantCulture))],
                });
                break;
            case "start":
                finding.Finder.Start(finding.Now, finding.Outbox);
                break;
            case "learn": // learn <source> <node>
                finding.Learn(Node(words[2]), Enum.Parse<Source>(words[1], ignoreCase: true));
                break;
            case "offer": // offer [<file>…]
                finding.Finder.Offer(finding.Now, [.. words.Skip(1).Select(File)], finding.Outbox);
                break;
            case "run": // run <seconds since the beginning>
                Run(double.Parse(words[1], CultureInfo.InvariantCulture), output);
                break;
            case "ask" or "answer": // ask <node> [id=<node>] [boot=<hex>] [your=<hex>] [files=<file>,…] [peers=<node>,…]
                Receive(words);
                break;
            default:
                throw new ArgumentException($"unknown command: {command}");
        }

        Show(output);
        return output;
    }

    private void Run(double seconds, List<string> output)
    {
        while (finding.Finder.Deadline is { } due && due.SinceZero.TotalSeconds <= seconds)
        {
            finding.Now = due;
            finding.Finder.Tick(due, finding.Outbox);
            Show(output);
        }

        finding.RunUntil(seconds);
    }

    private void Receive(string[] words)
    {
        var options = words.Skip(2).Select(w => w.Split('=')).ToDictionary(o => o[0], o => o[1]);
        var id = Number(options.GetValueOrDefault("id") ?? words[1]);
        var hello = new Hello(
            words[0] == "ask" ? HelloKind.Ask : HelloKind.Answer,
            "roj",
            Finding.Id(id),
            options.TryGetValue("boot", out var boot) ? Hex(boot) : 0xB00 + (ulong)id,
            options.TryGetValue("your", out var your) ? Hex(your) : 0,
            7071,
            6881,
            [.. List(options, "files").Select(File)],
            [.. List(options, "peers").Select(Node)]);
        finding.Receive(hello, Node(words[1]));
    }

    private void Show(List<string> output)
    {
        foreach (var what in finding.Take())
            output.Add($"{finding.Now} {(what.Message is { } hello ? Sent(what.To, hello) : what.Event)}");
    }

    private static string Sent(Endpoint to, Hello hello)
    {
        var kind = hello.Kind == HelloKind.Ask ? "ask" : "answer";
        var files = hello.Catalogue.Count == 0 ? "" : $" files={string.Join(',', hello.Catalogue.Select(f => f.Name))}";
        var peers = hello.Peers.Count == 0 ? "" : $" peers={string.Join(',', hello.Peers.Select(p => p.Address & 255))}";
        return Finding.Text($"{kind} {to} your={hello.YourBoot:x}{files}{peers}");
    }

    private static string[] List(Dictionary<string, string> options, string name) =>
        options.GetValueOrDefault(name)?.Split(',') ?? [];

    private static CatalogueEntry File(string name) => Finding.File(name.Length, name);

    private static Endpoint Node(string number) => Finding.At(Number(number));

    private static int Number(string number) => int.Parse(number, CultureInfo.InvariantCulture);

    private static ulong Hex(string number) => ulong.Parse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
