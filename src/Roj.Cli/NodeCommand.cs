using System.CommandLine;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Cli;

/// <summary><c>roj node</c>: one node of a cluster, until it is told to leave.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        Option[] options =
        [
            Word("data-dir", "Where the node keeps who it is and what it remembers; one node at a time."),
            Word("config", "A JSON file with the settings below (httpPort for --http-port); by default roj.json in the data directory."),
            Word("name", "What people call the node; by default the machine's name."),
            Word("cluster", "Name of the cluster; nodes of another are not seen."),
            Words("join", "Where other nodes are, such as 192.168.7.11,192.168.7.12:7071; mostly nodes find each other."),
            Word("expect", "How many nodes make a cluster that agrees by majority (1 to 7): the first so many that meet."),
            Word("election", "Which election nominates the leader: bully (the highest address) or ring (the greatest number drawn)."),
            Word("lease", "How long a leader leads unless it renews that, where a majority decides (100ms to 60s); by default 2s."),
            Word("election-wait", "How long nobody new must have appeared before a leader is elected; by default 2s."),
            Word("num-nodes", "How many nodes there are, at addresses one after another, as the ring of seed 001 has it (or NUM_NODES)."),
            Word("ip-offset", "The last number of the address before the first of them; by default 100: 10.0.1.101, 10.0.1.102, ..."),
            Word("broadcast-ip", "The network's broadcast address, to be checked against the interface's (or BROADCAST_IP)."),
            Word("on-leader", "A command to run while this node leads; it is ended when that is over."),
            Word("on-color", "A command to run whenever this node gets another color (ROJ_COLOR)."),
            Word("interface", "The network interface to be on; by default the one with the default route, or the only one."),
            Word("address", "Own IPv4 address; by default the interface's."),
            Word("port", "UDP and TCP port between nodes."),
            Word("http-port", "TCP port of the HTTP API."),
            Word("swarm-port", "TCP port on which files are shared; another is taken if it is not free, as members are told."),
            Word("resp-port", "TCP port for clients that speak the Redis protocol: 6379 if it is free; 0 for none."),
            Word("resp-address", "Address for them; by default 127.0.0.1, and with a key the node's own, where AUTH must say its token."),
            Word("copies", "How many nodes keep each key (1 to 5, all nodes alike); by default 2."),
            Flag("no-broadcast", "Do not look for others by broadcast."),
            Flag("no-sweep", "Do not try the addresses of the nearest /24 when nobody answers."),
            Words("tag", "A free word about the node, such as --tag rack=7; may be repeated."),
            Words("tokens", "Tokens to take part in, by comma: pi, NAME=pi[:DIGITS[:TERMS[:REST]]], NAME=none[:REST], NAME=attached."),
            Flag("no-token-sync", "Say that a token is taken before the disk has it: faster, but a power cut may double a turn."),
            Word("log-level", "debug, info, warning or error."),
            Word("log-file", "Where the log goes, instead of standard error."),
            Word("key-file", "The cluster's key (see roj keygen): who does not hold it is not heard; - for standard input, or ROJ_KEY."),
            Flag("allow-plain-swarm", "With a key, share files with BitTorrent programs that have none, too."),
            Word("allow-push", "A folder that pushed files go to; their commands are run then, for who holds the key (see roj push)."),
            Flag("insecure", "Talk to public addresses too, without a key."),
            OutputWord(),
        ];
        var tied = new Option<bool>("--end-with-stdin") { Description = "End when standard input is closed.", Hidden = true };
        var forget = new Option<bool>("--forget") { Description = "Remove the data directory at the end.", Hidden = true };
        var command = new Command(
            "node",
            "Run a node of a cluster; each option may also be a variable such as ROJ_HTTP_PORT. Example: roj node --name red --tag rack=7");
        foreach (var option in options)
            command.Add(option);
        command.Add(tied);
        command.Add(forget);
        command.SetAction(parsed => Run(Said(parsed, options), parsed.GetValue(tied), parsed.GetValue(forget)));
        return command;
    }

    private static int Run(Dictionary<string, IReadOnlyList<string>> words, bool endWithStdin, bool forget)
    {
        string? toForget = null;
        TlsLibrary.TrustNobodyElse();
        try
        {
            var options = NodeConfiguration.Read(words, Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess);
            toForget = forget ? options.DataPath : null;
            foreach (var name in NodeConfiguration.Unknown(Environment.GetEnvironmentVariables().Keys.Cast<string>()))
                Console.Error.WriteLine($"roj: warning: {Arguments.OneLine(name)} is no setting; 'roj node --help' names them");
            using var log = NodeLog.Open(options, Console.Error, Console.Out);
            EventLog? events = null;
            var job = new NodeJob(options, what =>
            {
                log.Write(what);
                if (what.News is NodeNews.Kept(var kept))
                    events?.Add(what.At, kept);
                else if (what.News is NodeNews.OfWing(var agreed))
                    events?.Add(what.At, agreed);
                else if (what.News is NodeNews.OfFile(var happened, var node))
                    events?.Add(what.At, node, happened);
            });
            // Numbers beyond those of all earlier lives: who comes back to a stream is not taken for one of this life.
            job.Serve = (shell, self) =>
                NodeApi.StartAsync(shell, self, options, events = new EventLog((long)(self.Incarnation >> 32 << 32) + 1), job.Files);
            using var signals = new StopSignals(job.Stop);
            if (endWithStdin)
                new Thread(() => WaitForEnd(job)) { IsBackground = true }.Start();
            job.Run();
            return ExitCode.Done;
        }
        catch (NodeException e)
        {
            var form = words.TryGetValue("output", out var said) ? said[^1] : Environment.GetEnvironmentVariable("ROJ_OUTPUT");
            var isJson = form == "json";
            return e.IsWrongUse
                ? Failures.Tell(isJson, "wrong use", e.Message, ExitCode.WrongUse)
                : Failures.Tell(isJson, "failed", e.Message, ExitCode.Failed);
        }
        finally
        {
            if (toForget is not null)
                Forget(toForget);
        }
    }

    /// <summary>A node of <c>roj up</c> leaves nothing behind, even if that was killed; the last one removes what held them all.</summary>
    private static void Forget(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
            Directory.Delete(Path.GetDirectoryName(directory)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another one is still there, or it was quicker.
        }
    }

    // Whoever started it may also say "cut ADDRESS…": from then on it neither hears nor speaks to those, and no others.
    private static void WaitForEnd(NodeJob job)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line.Split(' ') is ["cut", .. var named])
                job.CutOff([.. named.Select(one => Endpoint.TryParseAddress(one, out var address) ? address : 0)]);
        }

        job.Stop();
    }

    private static Dictionary<string, IReadOnlyList<string>> Said(ParseResult parsed, Option[] options)
    {
        Dictionary<string, IReadOnlyList<string>> said = [];
        foreach (var option in options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result)
                continue;
            var words = result.Tokens.Select(token => token.Value).ToArray();
            said[option.Name[2..]] = words is [] && option is Option<bool> ? ["true"] : words;
        }

        return said;
    }

    // What they may be is checked in one place for the command line, the environment and the file: Roj.Host.Daemon.Setting.
    private static Option<string> Word(string name, string description) => new($"--{name}") { Description = description };

    private static Option<string> OutputWord()
    {
        var option = Word("output", "text or json (events on standard output, a line each).");
        option.CompletionSources.Add("text", "json");
        return option;
    }

    private static Option<string[]> Words(string name, string description) => new($"--{name}") { Description = description };

    private static Option<bool> Flag(string name, string description) => new($"--{name}") { Description = description };
}
