using System.Globalization;
using System.Security.Cryptography;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Documents;

/// <summary>What the commands of the documents are typed at: three nodes that see each other, and a machine without one.</summary>
/// <remarks>Their addresses are those of the documents, 192.168.7.11 and on, and all ports are the usual ones: nothing is told to a
/// command that the documents do not tell it, but where the node that it starts keeps its data.</remarks>
internal sealed class DocumentedCluster
{
    private const string Network = "192.168.7";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Long enough for whatever can go wrong at a start to have gone wrong.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly LabHost spare;
    private readonly MemberNode asked;
    private readonly MemberNode pluto;
    private readonly MemberNode leaving;
    private LabProcess? keyed;
    private int runs;

    private DocumentedCluster(Lab lab)
    {
        lab.AlsoAs(Network);
        asked = new DocumentedNode(lab.Hosts[0], "red");
        pluto = new DocumentedNode(lab.Hosts[1], "pluto");
        leaving = new DocumentedNode(lab.Hosts[2], "green");
        spare = lab.Hosts[3];
        var bin = Directory.CreateDirectory(Path.Combine(spare.Directory, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "roj"), Repository.Program());
        foreach (var host in lab.Hosts)
            Furnish(host.Directory);
    }

    /// <summary>The last bytes of the machines' addresses.</summary>
    public static IReadOnlyList<byte> Numbers => [11, 12, 13, 14];

    /// <summary>Starts the nodes, and waits until they see each other and one leads.</summary>
    public static async Task<DocumentedCluster> StartAsync(Lab lab)
    {
        var cluster = new DocumentedCluster(lab);
        MemberNode[] nodes = [cluster.asked, cluster.pluto, cluster.leaving];
        foreach (var node in nodes)
            node.Start("--address", AddressOf(node.Host));
        await Poll.UntilAsync(() => nodes.All(node => Looked(node).Sees(nodes, "alive")), Patience, "three see each other")
            .ConfigureAwait(false);
        await Poll.UntilAsync(
            () => File.ReadAllText(cluster.asked.Process.Log).Contains(" leads in term ", StringComparison.Ordinal),
            Patience,
            "one leads").ConfigureAwait(false);
        await cluster.RunAsync("roj file share film.mkv", "id").ConfigureAwait(false);
        return cluster;
    }

    /// <summary>Types a command, and gives back what was wrong with what came of it; null if nothing.</summary>
    public async Task<string?> WrongWithAsync(DocumentedCommand command)
    {
        if (keyed is not null && !command.Name.StartsWith("key ", StringComparison.Ordinal))
        {
            await keyed.TerminateAsync().ConfigureAwait(false);
            keyed = null;
        }

        await PrepareAsync(command).ConfigureAwait(false);
        var log = string.Create(CultureInfo.InvariantCulture, $"command-{++runs}");
        var process = Start(Typed(command.Text), log, command.Name);
        try
        {
            var code = IsEndless(command)
                ? await EndAsync(process).ConfigureAwait(false)
                : await process.ExitAsync(Patience).ConfigureAwait(false);
            return IsRight(command, code)
                ? null
                : $"{command.Place}: {command.Text}: exit code {code}: {File.ReadAllText(process.Log).Trim()}";
        }
        catch (LabException late)
        {
            await process.KillAsync().ConfigureAwait(false);
            return $"{command.Place}: {command.Text}: {late.Message}: {File.ReadAllText(process.Log).Trim()}";
        }
    }

    // What only tells ends by the signal itself; and the doctor finds something: a node without a key, say.
    private static bool IsRight(DocumentedCommand command, int code) =>
        code == 0 || (command.Name is "events" or "kv watch" && code == 128 + Native.SigTerm) || (command.Name is "doctor" && code == 1);

    private static async Task<int> EndAsync(LabProcess process)
    {
        await Task.Delay(Moment).ConfigureAwait(false);
        return process.HasExited ? process.ExitCode!.Value : (await process.TerminateAsync().ConfigureAwait(false)).ExitCode;
    }

    // What the documents say in capitals is for the reader to fill in, and what is at the root of a machine is here below its folder.
    private string Typed(string text) => text
        .Replace("FILE", "film.mkv", StringComparison.Ordinal)
        .Replace(" ID", " " + FileId(), StringComparison.Ordinal)
        .Replace("magnet:?…", "magnet:?xt=urn:btih:" + FileId(), StringComparison.Ordinal)
        .Replace(" /etc/", " etc/", StringComparison.Ordinal)
        .Replace(" /torrent.conf", " torrent.conf", StringComparison.Ordinal)
        .Replace(" /data.bin", " data.bin", StringComparison.Ordinal);

    private string FileId() =>
        File.ReadLines(Path.Combine(asked.Host.Directory, "id")).FirstOrDefault() ?? "ID";

    // What a reader would have waited for or done before.
    private async Task PrepareAsync(DocumentedCommand command)
    {
        var folder = On(command.Name).Directory;
        if (command.Name is "evict pluto" && !pluto.Process.HasExited)
        {
            await pluto.Process.KillAsync().ConfigureAwait(false);
            await Poll.UntilAsync(() => Looked(asked).Said(pluto) == "dead", Patience, "pluto is known to be dead").ConfigureAwait(false);
        }
        else if (command.Name.StartsWith("keygen", StringComparison.Ordinal))
        {
            File.Delete(Path.Combine(folder, "etc/roj.key"));
        }
        else if (Has(command, "--key-file"))
        {
            File.Delete(Path.Combine(folder, "etc/roj.key"));
            await RunAsync("roj keygen etc/roj.key", "keygen", spare).ConfigureAwait(false);
        }
        else if (command.Name.StartsWith("key ", StringComparison.Ordinal) && keyed is null)
        {
            await RunAsync("roj keygen etc/the.key", "keygen", spare).ConfigureAwait(false);
            keyed = Start("roj node --key-file etc/the.key", "keyed", "key");
            await Task.Delay(Moment).ConfigureAwait(false);
        }
        else if (command.Name is "torrent show" || Has(command, "--torrent disk.torrent"))
        {
            await RunAsync("roj torrent create disk.img -o disk.torrent", "create", spare).ConfigureAwait(false);
        }
    }

    private static bool IsEndless(DocumentedCommand command) =>
        command.Name is "node" or "sync" or "kv watch"
        || (command.Name is "up" && !Has(command, "--for") && !Has(command, "--share"))
        || (command.Name is "events" && Has(command, " -f"));

    private static bool Has(DocumentedCommand command, string word) => command.Text.Contains(word, StringComparison.Ordinal);

    // What starts something does it where nothing runs; what asks asks a node; what ends a node ends one that can be spared.
    private LabHost On(string name) => name switch
    {
        "node" or "up" or "sync" or "keygen" or "torrent create" or "torrent show" => spare,
        _ when name.StartsWith("key", StringComparison.Ordinal) || name.StartsWith("sim", StringComparison.Ordinal) => spare,
        "leave" => leaving.Host,
        _ => asked.Host,
    };

    private LabProcess Start(string text, string log, string name)
    {
        var host = On(name);
        var variables = new SortedDictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{spare.Directory}/bin:{Environment.GetEnvironmentVariable("PATH")}",
            ["TMPDIR"] = host.Directory,
        };
        if (name is "node" or "key")
        {
            variables["ROJ_ADDRESS"] = AddressOf(host); // the lab's machines have two
            variables["ROJ_DATA_DIR"] = Path.Combine(host.Directory, log + ".data");
            variables["ROJ_CLUSTER"] = log; // who comes for a second is given keys to keep, which nobody has for a while when it goes
        }
        else if (name.StartsWith("key ", StringComparison.Ordinal))
        {
            variables["ROJ_DATA_DIR"] = Path.Combine(host.Directory, "keyed.data");
        }

        return host.Start("/bin/bash", ["-c", "exec " + text], variables, log + ".log");
    }

    private async Task RunAsync(string text, string log, LabHost? on = null)
    {
        var host = on ?? asked.Host;
        var variables = new SortedDictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{spare.Directory}/bin:{Environment.GetEnvironmentVariable("PATH")}",
        };
        var process = host.Start("/bin/bash", ["-c", text], variables, log);
        Assert.Equal(0, await process.ExitAsync(Patience).ConfigureAwait(false));
    }

    private static string AddressOf(LabHost host) => string.Create(CultureInfo.InvariantCulture, $"{Network}.{host.Number}");

    private static MemberNode Looked(MemberNode node)
    {
        node.Look();
        return node;
    }

    // The files that the documents speak of.
    private static void Furnish(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "etc"));
        var film = SHA256.HashData("a small film"u8);
        foreach (var file in (string[])["film.mkv", "disk.img", "data.bin"])
            File.WriteAllBytes(Path.Combine(folder, file), film);
        var part = Convert.ToHexStringLower(SHA1.HashData(film));
        File.WriteAllText(
            Path.Combine(folder, "torrent.conf"),
            $$"""{"FileInfo": {"Size": 32, "PartSize": 256, "Parts": ["{{part}}"] } }""");
        foreach (var script in (string[])["migrate.sh", "step.sh", "serve", "play"])
        {
            var path = Path.Combine(folder, script);
            var code = script == "step.sh" ? 10 : 0; // 10: the work is done
            File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\nexit {code}\n"));
            Tool.Run("chmod", ["+x", path]);
        }
    }

    // Called by a name, not by its address as other nodes of the lab are.
    private sealed class DocumentedNode(LabHost host, string name) : MemberNode(host)
    {
        public override string Name => name;
    }
}
