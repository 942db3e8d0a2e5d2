using System.Globalization;
using StackExchange.Redis;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>StackExchange.Redis, which most .NET programs have, on the program as a node, with its settings as they come.</summary>
public class StackExchangeTests
{
    [Theory]
    [InlineData("resp2")]
    [InlineData("resp3")]
    public async Task It_connects_and_does_what_concerns_one_key(string protocol)
    {
        await using var node = await RedisNode.StartAsync();
        await using var client = await ConnectAsync(node, $"protocol={protocol}");
        var database = client.GetDatabase();
        Assert.True(await database.StringSetAsync("greeting", "hello"));
        Assert.Equal("hello", await database.StringGetAsync("greeting"));
        Assert.Equal(5, await database.StringLengthAsync("greeting"));
        Assert.Equal("ell", await database.StringGetRangeAsync("greeting", 1, 3));
        Assert.Equal(RedisType.String, await database.KeyTypeAsync("greeting"));
        Assert.True(await database.KeyExistsAsync("greeting"));
        Assert.True(await database.KeyDeleteAsync("greeting"));
        Assert.False(await database.KeyDeleteAsync("greeting"));
        Assert.True((await database.StringGetAsync("greeting")).IsNull);
        Assert.True(await database.StringSetAsync("short", "lived", TimeSpan.FromMinutes(1)));
        Assert.InRange((await database.KeyTimeToLiveAsync("short"))!.Value.TotalSeconds, 50, 60);
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        Assert.True(await database.StringSetAsync("bytes", bytes));
        Assert.Equal(bytes, (byte[]?)await database.StringGetAsync("bytes"));
        Assert.True(await database.PingAsync() > TimeSpan.Zero);
    }

    [Fact]
    public async Task Databases_are_apart_and_a_scan_finds_every_key_of_its_own()
    {
        await using var node = await RedisNode.StartAsync();
        await using var client = await ConnectAsync(node);
        var (third, fourth) = (client.GetDatabase(3), client.GetDatabase(4));
        // One pipeline.
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => third.StringSetAsync(Key(i), i)));
        await fourth.StringSetAsync(Key(1), "another");
        Assert.Equal("another", await fourth.StringGetAsync(Key(1)));
        Assert.Equal(1, await third.StringGetAsync(Key(1)));
        var many = await third.StringGetAsync([.. Enumerable.Range(0, 100).Select(i => (RedisKey)Key(i))]);
        Assert.Equal(Enumerable.Range(0, 100), many.Select(value => (int)value));
        var server = client.GetServer(node.Endpoint);
        var found = new List<string>();
        await foreach (var key in server.KeysAsync(3, "key:*", pageSize: 100))
            found.Add(key.ToString());
        Assert.Equal(Enumerable.Range(0, 2_000).Select(Key).Order(StringComparer.Ordinal), found.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2_000, await server.DatabaseSizeAsync(3));
        Assert.Equal(1, await server.DatabaseSizeAsync(4));
    }

    [Fact]
    public async Task What_this_mode_can_not_do_right_is_refused_with_the_reason_and_the_connection_lives_on()
    {
        await using var node = await RedisNode.StartAsync();
        await using var client = await ConnectAsync(node);
        var database = client.GetDatabase();
        var counting = await Assert.ThrowsAsync<RedisServerException>(() => database.StringIncrementAsync("counter"));
        Assert.Contains("available mode", counting.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisServerException>(() => database.StringSetAsync("key", "value", when: When.NotExists));
        await Assert.ThrowsAsync<RedisServerException>(() => database.ListLeftPushAsync("list", "one"));

        var transaction = database.CreateTransaction();
        var within = transaction.StringSetAsync("within", "a transaction");
        await Assert.ThrowsAnyAsync<RedisException>(() => transaction.ExecuteAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => within);
        Assert.True((await database.StringGetAsync("within")).IsNull);

        Assert.True(await database.StringSetAsync("after", "all of it"));
        Assert.Equal("all of it", await database.StringGetAsync("after"));
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"key:{i}");

    private static Task<ConnectionMultiplexer> ConnectAsync(RedisNode node, string more = "") =>
        ConnectionMultiplexer.ConnectAsync(string.Join(',', new[] { node.Endpoint.ToString(), more }.Where(one => one.Length > 0)));
}
