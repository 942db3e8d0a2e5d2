using System.Net;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Redis and Roj are told the same, and answer the same bytes.</summary>
public class ConversationTests
{
    [Fact]
    public async Task All_are_answered_as_Redis_answers_them()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var roj = new RespHost();
        await CompareAsync(Conversations.All, redis.Endpoint, roj.Endpoint);
    }

    [Fact]
    public async Task So_are_they_by_a_node_but_for_what_its_mode_refuses()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync();
        var refused = Conversations.All.Where(conversation => NotAvailable.Names.Contains(conversation.Name)).ToList();
        Assert.Equal(NotAvailable.Names.Count, refused.Count);
        await CompareAsync(Conversations.All.Except(refused), redis.Endpoint, node.Endpoint);
        foreach (var conversation in refused)
            Assert.Contains(NotAvailable.Refusal, await conversation.HoldAsync(node.Endpoint), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_cluster_decides_by_majority_refuses_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(decides: true);
        await CompareAsync(Conversations.All, redis.Endpoint, node.Endpoint);
    }

    [Fact]
    public async Task So_are_strangers()
    {
        await using var redis = await RedisServer.StartAsync("secret");
        await using var roj = new RespHost("secret");
        await CompareAsync(Conversations.OfStrangers, redis.Endpoint, roj.Endpoint);
    }

    /// <summary>Fails if anything is answered otherwise; before each conversation, both stores are emptied.</summary>
    internal static async Task CompareAsync(IEnumerable<Conversation> conversations, IPEndPoint redis, IPEndPoint roj)
    {
        var differences = new List<string>();
        foreach (var conversation in conversations)
        {
            await Conversation.Of("empty", "AUTH secret", "FLUSHALL").HoldAsync(redis).ConfigureAwait(false);
            await Conversation.Of("empty", "AUTH secret", "FLUSHALL").HoldAsync(roj).ConfigureAwait(false);
            var theirs = Conversation.Alike(await conversation.HoldAsync(redis).ConfigureAwait(false));
            var ours = Conversation.Alike(await conversation.HoldAsync(roj).ConfigureAwait(false));
            if (ours != (conversation.Answer ?? theirs))
                differences.Add($"{conversation.Name}: Redis {Line(theirs)} Roj {Line(ours)}");
            else if (conversation.Differs is not null && ours == theirs)
                differences.Add($"{conversation.Name}: it should differ ({conversation.Differs}), and does not");
        }

        if (differences.Count > 0)
            Assert.Fail(string.Join('\n', differences));
    }

    private static string Line(string said) => said.Replace("\r\n", "|", StringComparison.Ordinal);
}
