using System.Security.Cryptography;
using Xunit;

namespace Roj.EndToEnd.Members;

/// <summary>Files as a service of nodes that nobody told anything.</summary>
public class FileTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public Task A_file_goes_to_all_who_want_it_though_one_is_killed_on_the_way() => Lab.RunAsync(3, "files", async lab =>
    {
        const int Bytes = 16 << 20;
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        await Meeting.StartAsync(nodes, Patience);

        var path = Path.Combine(lab.Hosts[0].Directory, "film");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(Bytes));
        lab.Hosts[0].Limit(100_000_000); // 16 MiB to each of two: seconds
        var share = nodes[0].Ask("share.log", "file", "share", path);
        Assert.Equal(0, await share.ExitAsync(Patience));
        var id = File.ReadAllText(share.Log).Trim();

        var killed = Path.Combine(lab.Hosts[1].Directory, "got");
        Assert.Equal(0, await nodes[1].Ask("begin.log", "file", "get", id, "--to", killed, "--no-wait").ExitAsync(Patience));
        var waiting = nodes[2].Ask("get.log", "file", "get", id);
        await Poll.UntilAsync(() => File.Exists(killed) && new FileInfo(killed).Length == Bytes, Patience, "it has begun");
        await nodes[1].Process.KillAsync();
        nodes[1].Start();
        await nodes[1].Process.SaysAsync("{", Patience);
        lab.Hosts[0].Unlimit();

        Assert.Equal(0, await waiting.ExitAsync(Patience));
        var again = nodes[1].Ask("again.log", "file", "get", id);
        Assert.Equal(0, await again.ExitAsync(Patience));
        Assert.Equal(killed, File.ReadAllText(again.Log).Trim().Split('\n')[^1]);
        var got = File.ReadAllText(waiting.Log).Trim().Split('\n')[^1];
        Assert.EndsWith($"/files/{id}/film", got, StringComparison.Ordinal);
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(path)), SHA256.HashData(File.ReadAllBytes(killed)));
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(path)), SHA256.HashData(File.ReadAllBytes(got)));

        Assert.Equal(0, await nodes[2].Ask("remove.log", "file", "remove", id, "--delete-data").ExitAsync(Patience));
        Assert.False(File.Exists(got));
        Assert.Equal(0, await nodes[1].Ask("remove.log", "file", "remove", id, "--delete-data").ExitAsync(Patience));
        Assert.True(File.Exists(killed)); // a place of the user's
    });
}
