using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Elections;

/// <summary>Three with a key elect and color, also after their leader has died; who has no key says nothing to them.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="words">What nodes are told.</param>
/// <param name="key">The cluster's key.</param>
internal sealed class KeyTrial(string name, IReadOnlyList<string> words, string key) : ClusterTrial(name, 3)
{
    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var cluster = new Electorate(Name, own, words, key);
        var begun = Watch.Now;
        foreach (var node in cluster.Nodes)
            node.Start();
        var first = await cluster.SettledAsync(cluster.Nodes);
        Took("first", Watch.Now - begun, Electorate.Patience);

        var follower = cluster.Nodes.First(node => node != first.Leader);
        await RefusesAsync(first.Leader, HttpMethod.Get, $"/register?node={follower.Id}&term={first.Term}");
        await RefusesAsync(first.Leader, HttpMethod.Post, "/message", RingWords.Leader(follower.Id, first.Term + 5));
        await RefusesAsync(first.Leader, HttpMethod.Post, "/message", RingWords.Leader(follower.Id, first.Term + 5), first.Leader.Token());
        var same = await cluster.SettledAsync(cluster.Nodes);
        Must((same.Leader, same.Term) == (first.Leader, first.Term), "a stranger's word was taken");

        var killed = DateTimeOffset.UtcNow;
        await first.Leader.Process.KillAsync();
        var second = await cluster.LaterAsync([.. cluster.Nodes.Where(node => node != first.Leader)], first.Term);
        Took("leader killed", second.At - killed, TimeSpan.FromSeconds(13));
        first.Leader.Start();
        Must((await cluster.SettledAsync(cluster.Nodes)).Leader == second.Leader, "who returned did not follow");
    }

    private static async Task RefusesAsync(ElectionNode node, HttpMethod method, string path, string? body = null, string? token = null)
    {
        var (status, text) = await node.HttpAsync(method, path, token, body);
        Must(status == 401, $"{method} {path} without a signature: {status}: {text}");
    }
}
