using System.Globalization;
using System.Text;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Storage;

/// <summary>What is on a node's disk is not what it wrote, or there is no room on it: it stays up, says so, and nothing that was
/// acknowledged is lost.</summary>
public class StoreHarmTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public Task Copies_that_are_damaged_are_noticed_and_made_good_by_the_others() => Lab.RunAsync(2, "store-damage", async lab =>
    {
        const int Keys = 40;
        StoreNode[] nodes = [.. lab.Hosts.Select(host => new StoreNode(host, "store-damage", hours: 0))];
        await StartAsync(nodes);
        using var one = new KvClient(nodes[0].Name, StoreNode.Port);
        using var other = new KvClient(nodes[1].Name, StoreNode.Port);
        for (var i = 0; i < Keys; i++)
            Assert.True(await one.SetAsync($"key{i}", ValueOf(i)));
        await Poll.UntilAsync(() => Damage(nodes[1], count: 0) == Keys, Patience, "all have come to the second node's disk");
        Assert.Equal(Keys / 2, Damage(nodes[1], Keys / 2));

        for (var i = 0; i < Keys; i++)
            Assert.Equal(ValueOf(i), await other.GetAsync($"key{i}"));
        await Poll.UntilAsync(() => Said(nodes[1], "is not what was written"), Patience, "the second node says what it found");
        await nodes[0].Process.KillAsync();
        await UntilAsync(() => IsWholeAsync(other, Keys), "the second node has all of it by itself");
    });

    [Fact]
    public Task Whose_disk_is_full_stays_up_and_what_is_acknowledged_stays() => Lab.RunAsync(3, "store-full", async lab =>
    {
        StoreNode[] nodes = [.. lab.Hosts.Select(host => new StoreNode(host, "store-full", hours: 0))];
        Directory.CreateDirectory(nodes[2].DataPath);
        Tool.Run("mount", ["-n", "-t", "tmpfs", "-o", "size=48m", "tmpfs", nodes[2].DataPath]);
        try
        {
            await StartAsync(nodes);
            using var one = new KvClient(nodes[0].Name, StoreNode.Port);
            List<string> kept = [];
            var refused = 0;
            for (var i = 0; i < 160; i++) // 80 MiB in two copies: more than its share fits on the third's disk
            {
                if (await one.SetAsync($"key{i}", Large(i)) is true)
                    kept.Add($"key{i}");
                else
                    refused++;
            }

            Assert.False(nodes[2].Process.HasExited);
            Assert.True(kept.Count > 60, $"{kept.Count} kept, {refused} refused");
            await Poll.UntilAsync(() => Said(nodes[2], "the disk is full"), Patience, "the third node says that its disk is full");
            using var other = new KvClient(nodes[1].Name, StoreNode.Port);
            foreach (var key in kept)
                Assert.Equal(Large(int.Parse(key.AsSpan(3), CultureInfo.InvariantCulture)), await other.GetAsync(key));
        }
        finally
        {
            await nodes[2].Process.KillAsync();
            Tool.Run("umount", [nodes[2].DataPath]);
        }
    });

    private static async Task StartAsync(StoreNode[] nodes)
    {
        foreach (var node in nodes)
            node.Start();
        foreach (var node in nodes)
        {
            await UntilAsync(
                async () => await node.TryStoreAsync() is { Map.Length: > 0 } sight && sight.Nodes.Count == nodes.Length,
                $"{node.Name} keeps keys with the others");
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var end = Watch.Now + Patience; !await condition(); await Task.Delay(100))
        {
            if (Watch.Now > end)
                throw new LabException($"not within {Patience.TotalSeconds} s: {what}");
        }
    }

    private static async Task<bool> IsWholeAsync(KvClient client, int keys)
    {
        for (var i = 0; i < keys; i++)
        {
            try
            {
                if (await client.GetAsync($"key{i}") != ValueOf(i))
                    return false;
            }
            catch (LabException)
            {
                return false; // the other is waited for yet
            }
        }

        return true;
    }

    private static bool Said(StoreNode node, string what) => File.ReadAllText(node.Process.Log).Contains(what, StringComparison.Ordinal);

    // Of records over 4 KiB the beginning is read without the rest.
    private static string ValueOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"value {number} of those;").PadRight(number % 2 == 0 ? 300 : 6000, 'v');

    private static string Large(int number) => string.Create(CultureInfo.InvariantCulture, $"{number};").PadRight(512 * 1024, 'x');

    // Changes a byte of so many values where they lie on a node's disk.
    private static int Damage(StoreNode node, int count)
    {
        var found = 0;
        foreach (var path in Directory.GetFiles(Path.Combine(node.DataPath, "store")))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var mark = Encoding.ASCII.GetBytes(" of those;");
            for (var at = bytes.AsSpan().IndexOf(mark); at >= 0;)
            {
                if (found++ < count)
                {
                    file.Position = at + 100;
                    file.WriteByte((byte)'w');
                }

                var next = bytes.AsSpan(at + 1).IndexOf(mark);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }

        return count == 0 ? found : Math.Min(found, count);
    }
}
