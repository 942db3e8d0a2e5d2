using Roj.Agreement;
using Xunit;

namespace Roj.EndToEnd.Agreement;

/// <summary>The disk of one node of three is full: it stays up and says so, and the others go on.</summary>
public class FullDiskTests
{
    private const int ValueBytes = 512 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public Task Whose_disk_is_full_stays_up_and_nothing_is_lost() => Lab.RunAsync(3, "disk-full", async lab =>
    {
        using var quorum = new Quorum(lab.Hosts, "disk-full");
        var node = quorum.Nodes[2];
        Directory.CreateDirectory(node.DataPath);
        Tool.Run("mount", ["-n", "-t", "tmpfs", "-o", "size=48m", "tmpfs", node.DataPath]);
        try
        {
            await quorum.StartAsync();
            var count = 0;
            while (!File.ReadAllText(node.Process.Log).Contains("the disk is full", StringComparison.Ordinal))
            {
                Assert.True(count < 200, "48 MiB took 100");
                await SetAsync(quorum, count++);
            }

            for (var i = 0; i < 10; i++)
                await SetAsync(quorum, count++);
            Assert.False(node.Process.HasExited);
            for (var i = 0; i < count; i++)
                await ReadAsync(quorum, i);

            // It stays so after a start.
            await node.Process.KillAsync();
            quorum.Start(node);
            await SetAsync(quorum, count++);
            await ReadAsync(quorum, count - 1);
        }
        finally
        {
            await node.Process.KillAsync();
            Tool.Run("umount", [node.DataPath]);
        }
    });

    private static async Task SetAsync(Quorum quorum, int number)
    {
        var change = new RegisterChange.Set(Enumerable.Repeat((byte)number, ValueBytes).ToArray());
        var outcome = await quorum.AskAsync(quorum.Nodes[0], client => client.ChangeAsync(NameOf(number), change)).WaitAsync(Patience);
        Assert.Equal((number, Applied.Yes), (number, outcome.Applied));
    }

    private static async Task ReadAsync(Quorum quorum, int number)
    {
        var outcome = await quorum.AskAsync(quorum.Nodes[1], client => client.ReadAsync(NameOf(number))).WaitAsync(Patience);
        Assert.Equal((number, Applied.Yes), (number, outcome.Applied));
        var data = outcome.Content!.Data!.Value;
        Assert.True(data.Length == ValueBytes && !data.Span.ContainsAnyExcept((byte)number), $"value {number} is another");
    }

    private static RegisterName NameOf(int number) => RegisterName.Of($"value-{number}");
}
