using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Roj.EndToEnd.Elections;
using Roj.EndToEnd.Members;
using Roj.EndToEnd.Security;
using Xunit;

namespace Roj.EndToEnd.Pushes;

/// <summary>Green first, then red; a command that fails; a leader that is killed in the middle; a rollback; a plan of one who has not the
/// key; and a leader that stood still while another called back what it was rolling out.</summary>
internal sealed class PushTrial
{
    private const string Name = "app.bin";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Long enough for one who believes to lead to tell others what to do.
    private static readonly TimeSpan Harm = TimeSpan.FromSeconds(3);

    private readonly Electorate electorate;
    private readonly string[] folders;
    private readonly List<string> figures = [];

    private PushTrial(string name, Lab lab, string[] words)
    {
        folders = [.. lab.Hosts.Select(host => Path.Combine(host.Directory, "pushed"))];
        foreach (var folder in folders)
            Directory.CreateDirectory(folder);
        // One folder for all hosts would prove nothing: each is told its own by its environment.
        var key = ClosedNodes.NewKey();
        electorate = new Electorate(name,
        [
            .. lab.Hosts.Select((host, i) => New(host, key, ["--allow-push", folders[i], "--election-wait", "1s", .. words])),
        ]);
    }

    /// <summary>Whether everything is to be run at its full size.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1";

    // What a command does that fails, and who may go on, does not depend on how large the file is.
    private static int LargeMiB => 100;

    private static int SmallMiB => IsFull ? 100 : 4;

    public static Task RunAsync(string name, string[] words) => Lab.RunAsync(12, name, async lab =>
    {
        var trial = new PushTrial(name, lab, words);
        await trial.RunAsync();
    });

    private static ElectionNode New(LabHost host, string key, string[] words)
    {
        var node = new ElectionNode(host) { Words = words, KeyPath = Path.Combine(host.Directory, "given.key") };
        ClosedNodes.GiveKey(node, key);
        return node;
    }

    private async Task RunAsync()
    {
        await Meeting.StartAsync(electorate.Nodes, Patience);
        var (leader, _, _) = await electorate.SettledAsync(electorate.Nodes, Patience);
        var asked = electorate.Nodes.First(node => node != leader);
        foreach (var folder in folders)
            File.WriteAllText(Path.Combine(folder, Name), "before");
        var first = Make(asked, "1", LargeMiB);
        var digest = await PushedAsync(asked, first, "all", "--to", "green", "--then", "red", "--run", Log);
        Assert.All(folders, folder => Assert.Equal(digest, DigestOf(folder)));
        AssertGreenFirst();

        await CalledBackAsync(asked, digest);
        await WithoutItsLeaderAsync(asked, leader);
        await PushStranger.IsRefusedAsync(electorate.Nodes, asked, folders);
        await ByOneWhoWasLeaderAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', figures));
    }

    // What the command says, and when: green before red.
    private static string Log => "echo \"$ROJ_COLOR $(date +%s.%N) $ROJ_FILE\" >> $(dirname $ROJ_FILE)/log";

    private static string DigestOf(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, Name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static string Make(ElectionNode asked, string number, int mebibytes)
    {
        var folder = Path.Combine(asked.Host.Directory, "source-" + number);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Name);
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(mebibytes << 20));
        return path;
    }

    private async Task<string> PushedAsync(ElectionNode asked, string path, string what, params string[] more)
    {
        var began = Stopwatch.GetTimestamp();
        await asked.AnswerAsync(Patience, ["push", path, .. more]);
        Figure($"{LargeMiB} MiB pushed to {what}", began);
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }

    private void Figure(string what, long began) => figures.Add(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F2} s"));

    private void AssertGreenFirst()
    {
        var said = folders.SelectMany(folder => File.ReadAllLines(Path.Combine(folder, "log"))).Select(line => line.Split(' ')).ToArray();
        Assert.Equal(12, said.Length);
        var green = said.Where(words => words[0] == "green").Select(At).ToArray();
        Assert.Equal(4, green.Length);
        Assert.True(green.Max() < said.Where(words => words[0] == "red").Min(At), "a red node ran its command before the last green one");

        static decimal At(string[] words) => decimal.Parse(words[1], CultureInfo.InvariantCulture);
    }

    private async Task CalledBackAsync(ElectionNode asked, string digest)
    {
        var began = Stopwatch.GetTimestamp();
        // At two of the four it fails: the other two have switched by then, and go back.
        const string FailingAtHalf = "case $ROJ_NODE in *[13579]:7070) exit 3;; esac; sleep 0.5";
        var colours = (await asked.ColoursAsync()).Colours;
        var green = electorate.Nodes.Where(node => colours[node.Id] == "green").ToArray();
        var isMixed = green.Select(node => node.Host.Number % 2).Distinct().Count() == 2;
        var run = isMixed ? FailingAtHalf : "exit 3";
        var push = asked.Ask("failing.log", "push", Make(asked, "2", SmallMiB), "--to", "green", "--then", "red", "--run", run);
        Assert.Equal(1, await push.ExitAsync(Patience));
        Figure("a failing command, until all were back", began);
        Assert.Contains("did not succeed", File.ReadAllText(push.Log), StringComparison.Ordinal);
        Assert.All(folders, folder => Assert.Equal(digest, DigestOf(folder)));
        var (_, states) = await StatesAsync(asked);
        Assert.All(states.Where(one => one.Color == "red"), one => Assert.Equal("waiting", one.State));
    }

    private async Task WithoutItsLeaderAsync(ElectionNode asked, ElectionNode leader)
    {
        var path = Make(asked, "3", LargeMiB);
        var began = Stopwatch.GetTimestamp();
        var push = asked.Ask(
            "killed.log", "push", path, "--to", "green", "--then", "red", "--when", "75%", "--run", $"{Log}; sleep 1");
        await UntilAsync(asked, states => states.Any(one => one is { Color: "green", State: "running" }));
        await leader.Process.KillAsync();
        Assert.Equal(0, await push.ExitAsync(Patience));
        Figure($"{LargeMiB} MiB with its leader killed in the middle", began);

        // And who was away catches up.
        began = Stopwatch.GetTimestamp();
        leader.Start();
        await UntilAsync(asked, states => states.All(one => one.State == "done"));
        Figure("the killed one, from its start until it has it too", began);
        using (var file = File.OpenRead(path))
        {
            var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
            Assert.All(folders, folder => Assert.Equal(digest, DigestOf(folder)));
        }

        began = Stopwatch.GetTimestamp();
        await asked.AnswerAsync(Patience, "rollback", Name);
        Figure("rolled back", began);
        Assert.Single(folders.Select(DigestOf).Distinct());
        Assert.NotEqual(DigestOf(Path.GetDirectoryName(path)!), DigestOf(folders[0]));
    }

    // While it stands still another leads, and calls back what it was rolling out: awake it must not go on with that.
    private async Task ByOneWhoWasLeaderAsync()
    {
        var (leader, term, _) = await electorate.SettledAsync(electorate.Nodes, Patience);
        var asked = electorate.Nodes.First(node => node != leader);
        var before = DigestOf(folders[0]);
        const string Slow = "echo \"$ROJ_COLOR\" >> $(dirname $ROJ_FILE)/fenced; sleep 3";
        var push = asked.Ask("fenced.log", "push", Make(asked, "4", SmallMiB), "--to", "green", "--then", "red", "--run", Slow);
        await UntilAsync(asked, states => states.Any(one => one is { Color: "green", State: "running" }));
        leader.Process.Pause();
        ElectionNode[] others = [.. electorate.Nodes.Where(node => node != leader)];
        var next = await electorate.LaterAsync(others, term, Patience);
        await CallBackAsync(asked);
        await UntilAsync(asked, states => states.Count(one => one.State is "back" or "waiting") >= others.Length);

        var began = Stopwatch.GetTimestamp();
        leader.Process.Continue();
        Assert.Equal(1, await push.ExitAsync(Patience)); // which waited until all were back
        var last = await electorate.SettledAsync(electorate.Nodes, Patience);
        Figure("an old leader that wakes up, until it has gone back as well", began);
        await Task.Delay(Harm);
        Assert.Equal((next.Leader, next.Term), (last.Leader, last.Term));
        foreach (var node in electorate.Nodes)
        {
            var (verdict, _) = await StatesAsync(node);
            Assert.Equal("back", verdict);
        }

        Assert.All(folders, folder => Assert.Equal(before, DigestOf(folder)));
        var ran = folders.Select(folder => Path.Combine(folder, "fenced")).Where(File.Exists).SelectMany(File.ReadAllLines);
        Assert.All(ran, color => Assert.Equal("green", color)); // red's turn never came
    }

    // A new leader that waits for one who stands still may answer too late: then whoever asked looks, and asks again.
    private static async Task CallBackAsync(ElectionNode asked)
    {
        LabProcess? rollback = null;
        for (var (end, run) = (Watch.Now + Patience, 0); Watch.Now < end; await Task.Delay(50))
        {
            if ((await StatesAsync(asked)).Verdict is "goingBack" or "back")
                return;
            if (rollback is null or { HasExited: true })
                rollback = asked.Ask(string.Create(CultureInfo.InvariantCulture, $"fenced-back-{++run}.log"), "rollback", Name);
        }

        throw new LabException("nobody calls it back");
    }

    private static async Task UntilAsync(ElectionNode asked, Func<(string Color, string State)[], bool> isSo)
    {
        var states = (Verdict: "", Nodes: ((string Color, string State)[])[]);
        for (var end = Watch.Now + Patience; !isSo(states.Nodes) || states.Nodes.Length == 0; states = await StatesAsync(asked))
        {
            if (Watch.Now > end)
                throw new LabException($"not so: {states.Verdict}, {string.Join(", ", states.Nodes)}");
            await Task.Delay(50);
        }
    }

    private static async Task<(string Verdict, (string Color, string State)[] Nodes)> StatesAsync(ElectionNode asked)
    {
        var (_, text) = await asked.HttpAsync(HttpMethod.Get, "/api/v1/push", asked.Token());
        using var json = JsonDocument.Parse(text);
        return (json.RootElement.GetProperty("plan").GetProperty("verdict").GetString()!,
        [
            .. json.RootElement.GetProperty("nodes").EnumerateArray().Select(one =>
                (one.GetProperty("color").GetString()!, one.GetProperty("state").GetString()!)),
        ]);
    }
}
