using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Roj.Agreement;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Agreement;

/// <summary>A node of three whose data is not what it left: it says so and ends, or gets along with it; the others go on, and nothing that
/// was acknowledged is lost.</summary>
public class DamageTests
{
    private const int HeaderBytes = 44; // of a segment: see Roj.Log's SegmentHeader

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly RegisterName kept = RegisterName.Of("kept");

    [Fact]
    public Task Data_that_was_set_back_has_no_vote() => RunAsync("damage-set-back", async (quorum, node) =>
    {
        await node.Process.TerminateAsync();
        var copy = node.DataPath + ".copy";
        Copy(node.DataPath, copy);
        quorum.Start(node);
        await quorum.AnswerAsync([node]);
        await AddAsync(quorum, node, times: 5); // it takes part: it may have promised something
        await node.Process.KillAsync();
        Directory.Delete(node.DataPath, recursive: true);
        Directory.Move(copy, node.DataPath);

        quorum.Start(node);
        Assert.Equal(1, await node.Process.ExitAsync(Patience));
        var said = File.ReadAllText(node.Process.Log);
        Assert.Contains("remembers start 2 of this node, and its own data counts 2", said, StringComparison.Ordinal);
        Assert.Contains("it joins as a new node", said, StringComparison.Ordinal);
    });

    [Fact]
    public Task Who_lost_everything_is_a_new_node_and_is_given_a_vote() => RunAsync("damage-wiped", async (quorum, node) =>
    {
        var before = await IdOfAsync(node);
        await node.Process.KillAsync();
        Directory.Delete(node.DataPath, recursive: true);
        quorum.Start(node);
        await quorum.AnswerAsync([node]);
        var after = await IdOfAsync(node);
        Assert.NotEqual(before, after);
        await UntilAsync(async () => await HasSeatAsync(node, after));

        // It counts: when the one that it was is forgotten, it and another are a majority of three.
        await quorum.Nodes[0].AnswerAsync(Patience, "evict", before);
        await UntilAsync(async () => !await HasSeatAsync(node, before));
        await quorum.Nodes[1].Process.KillAsync();
        await AddAsync(quorum, node, times: 1);
        quorum.Start(quorum.Nodes[1]);
        await quorum.AnswerAsync(quorum.Nodes);
    });

    [Fact]
    public Task A_log_that_is_damaged_in_the_middle_ends_the_node() => RunAsync("damage-middle", (quorum, node) => RefusesAsync(
        quorum,
        node,
        () => Overwrite(Segment(node), HeaderBytes + 40, [0xAA, 0xAA, 0xAA, 0xAA]),
        "is damaged at byte ", "let the node get its data from the others"));

    [Fact]
    public Task A_log_whose_end_is_missing_is_cut_off_there() => RunAsync("damage-truncated", async (quorum, node) =>
    {
        await node.Process.KillAsync();
        var segment = Segment(node);
        using (var file = new FileStream(segment, FileMode.Open))
            file.SetLength(WrittenBytes(segment) - 7);
        quorum.Start(node);
        await quorum.AnswerAsync([node]);
        var said = File.ReadAllText(node.Process.Log);
        Assert.Contains("had not been completed when the node ended, and are cut off", said, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_log_of_a_later_Roj_is_left_alone() => RunAsync("damage-future", (quorum, node) => RefusesAsync(
        quorum,
        node,
        () =>
        {
            var header = File.ReadAllBytes(Segment(node))[..HeaderBytes];
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), 99);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(HeaderBytes - 4), Crc(header.AsSpan(0, HeaderBytes - 4)));
            Overwrite(Segment(node), 0, header);
        },
        "has format 99 of a later Roj", "start the later one"));

    [Fact]
    public Task A_log_of_another_node_is_refused() => RunAsync("damage-other", (quorum, node) => RefusesAsync(
        quorum,
        node,
        () =>
        {
            Directory.Delete(Log(node), recursive: true);
            Copy(Log(quorum.Nodes[0]), Log(node));
        },
        "belongs to another owner", "give this node its own"));

    [Fact]
    public Task A_directory_that_can_only_be_read_is_refused() => RunAsync("damage-read-only", async (quorum, node) =>
    {
        await node.Process.KillAsync();
        Tool.Run("mount", ["-n", "--bind", node.DataPath, node.DataPath]);
        try
        {
            Tool.Run("mount", ["-n", "-o", "remount,bind,ro", node.DataPath]);
            quorum.Start(node);
            Assert.Equal(1, await node.Process.ExitAsync(Patience));
            Assert.Contains("Read-only file system", File.ReadAllText(node.Process.Log), StringComparison.OrdinalIgnoreCase);
            await AddAsync(quorum, quorum.Nodes[0], times: 1);
        }
        finally
        {
            Tool.Run("umount", [node.DataPath]);
        }

        quorum.Start(node);
        await quorum.AnswerAsync([node]);
    });

    [Fact]
    public Task A_directory_that_another_node_uses_is_refused() => RunAsync("damage-lock", async (quorum, node) =>
    {
        string[] args = ["node", "--data-dir", node.DataPath, "--port", "7171", "--expect", "3"];
        var second = node.Host.Start(Repository.Program(), args, log: "second.log");
        Assert.Equal(1, await second.ExitAsync(Patience));
        await second.SaysAsync($"roj: another node (process {node.Process.Id}) uses ", Patience);
        await AddAsync(quorum, node, times: 1);
    });

    [Fact]
    public Task Two_clusters_never_merge_nor_take_each_others_logs() => Lab.RunAsync(2, "damage-clusters", async lab =>
    {
        using var quorum = new Quorum(lab.Hosts, "damage-clusters", expect: 1);
        await quorum.StartAsync();
        var (one, other) = (quorum.Nodes[0], quorum.Nodes[1]);
        await AddAsync(quorum, one, times: 3);
        await AddAsync(quorum, other, times: 5);
        await one.Process.SaysAsync("[WARN] ", Patience);
        Assert.Contains("belongs to another cluster", File.ReadAllText(one.Process.Log), StringComparison.Ordinal);
        Assert.Equal((3, 5), (await SumAsync(quorum, one), await SumAsync(quorum, other)));

        await one.Process.TerminateAsync();
        await other.Process.TerminateAsync();
        Directory.Move(Log(one), Log(one) + ".own");
        Directory.Move(Log(other), Log(one));
        Directory.Move(Log(one) + ".own", Log(other));
        foreach (var node in quorum.Nodes)
        {
            quorum.Start(node);
            Assert.Equal(1, await node.Process.ExitAsync(Patience));
            Assert.Contains("belongs to another owner", File.ReadAllText(node.Process.Log), StringComparison.Ordinal);
        }
    });

    private static Task RunAsync(string name, Func<Quorum, MemberNode, Task> harm) => Lab.RunAsync(3, name, async lab =>
    {
        using var quorum = new Quorum(lab.Hosts, name);
        await quorum.StartAsync();
        await AddAsync(quorum, quorum.Nodes[0], times: 10);
        var before = await SumAsync(quorum, quorum.Nodes[0]);
        await harm(quorum, quorum.Nodes[2]);
        Assert.False(quorum.Nodes[0].Process.HasExited);
        var after = await SumAsync(quorum, quorum.Nodes[0]);
        Assert.True(before >= 10 && after >= before, $"{before}, then {after}");
        await AddAsync(quorum, quorum.Nodes[1], times: 1);
        Assert.Equal(after + 1, await SumAsync(quorum, quorum.Nodes[0]));
    });

    // It ends with a sentence, and changes nothing; what it had is still there for the others.
    private static async Task RefusesAsync(Quorum quorum, MemberNode node, Action harm, params string[] sentence)
    {
        await node.Process.KillAsync();
        harm();
        var before = File.ReadAllBytes(Segment(node));
        quorum.Start(node);
        Assert.Equal(1, await node.Process.ExitAsync(Patience));
        foreach (var part in sentence)
            Assert.Contains(part, File.ReadAllText(node.Process.Log), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Segment(node)));
    }

    private static async Task AddAsync(Quorum quorum, MemberNode node, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var outcome = await quorum.AskAsync(node, client => client.ChangeAsync(kept, new RegisterChange.Add(1)));
            Assert.Equal((Applied.Yes, Refusal.None), (outcome.Applied, outcome.Refusal));
        }
    }

    private static async Task<long> SumAsync(Quorum quorum, MemberNode node)
    {
        var outcome = await quorum.AskAsync(node, client => client.ReadAsync(kept));
        Assert.Equal(Applied.Yes, outcome.Applied);
        return long.Parse(Encoding.ASCII.GetString(outcome.Content!.Data!.Value.Span), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> IdOfAsync(MemberNode node)
    {
        using var json = System.Text.Json.JsonDocument.Parse((await node.HttpAsync(HttpMethod.Get, "/api/v1/status")).Text);
        return json.RootElement.GetProperty("id").GetString()!;
    }

    private static async Task<bool> HasSeatAsync(MemberNode node, string id) =>
        (await node.HttpAsync(HttpMethod.Get, "/api/v1/roster")).Text.Contains(id, StringComparison.Ordinal);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var end = Watch.Now + Patience; !await condition();)
        {
            Assert.True(Watch.Now < end, "not in time");
            await Task.Delay(200);
        }
    }

    private static string Log(MemberNode node) => Path.Combine(node.DataPath, "log");

    private static string Segment(MemberNode node) => Directory.GetFiles(Log(node), "*.segment").Order(StringComparer.Ordinal).Last();

    // Behind it there are zeros, for what is to come.
    private static long WrittenBytes(string segment) => File.ReadAllBytes(segment).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static void Overwrite(string path, int offset, byte[] bytes)
    {
        using var file = File.OpenHandle(path, access: FileAccess.Write);
        RandomAccess.Write(file, bytes, offset);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    private static void Copy(string from, string to) => Tool.Run("cp", ["-a", from, to]);
}
