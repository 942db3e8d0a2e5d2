using System.Globalization;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>redis-cli and redis-benchmark, as Debian has them, on a Roj session.</summary>
public class RedisToolTests
{
    [Fact]
    public async Task Redis_cli_reads_and_writes_in_both_versions()
    {
        await using var roj = new RespHost();
        Assert.Equal("OK\n", await CliAsync(roj, "set", "a", "1 2"));
        Assert.Equal("1 2\n", await CliAsync(roj, "get", "a"));
        Assert.Equal("1 2\n\n", await CliAsync(roj, "-3", "mget", "a", "b"));
        Assert.Equal("a\n", await CliAsync(roj, "--scan"));
        Assert.Equal("(integer) 1\n", await CliAsync(roj, "--no-raw", "dbsize"));
        Assert.Contains("roj_version", await CliAsync(roj, "-3", "info"), StringComparison.Ordinal);
        Assert.Contains("What a key holds", await CliAsync(roj, "-3", "command", "docs", "get"), StringComparison.Ordinal);
        Assert.Contains("unknown command", await CliAsync(roj, "lpush", "a", "b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_cli_pours_in_what_it_is_given()
    {
        await using var roj = new RespHost();
        var lines = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"SET key{i} {i}\r\n"));
        Assert.Contains("errors: 0, replies: 10000", await PourAsync(roj, lines, "--pipe"), StringComparison.Ordinal);
        Assert.Equal("10000\n", await CliAsync(roj, "dbsize"));
    }

    [Fact]
    public async Task Redis_benchmark_measures()
    {
        await using var roj = new RespHost();
        var benchmark = Foreign.Find("redis-benchmark", "redis-tools");
        var said = await Task.Run(() => Tool.Run(
            benchmark, ["-p", Port(roj), "-n", "20000", "-P", "16", "-c", "10", "-t", "ping,set,get,incr,mset", "--csv"]));
        foreach (var test in new[] { "PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)" })
            Assert.Contains($"\"{test}\",", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_cli_and_redis_benchmark_are_content_with_a_node()
    {
        await using var node = await RedisNode.StartAsync();
        var port = node.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
        var cli = Foreign.Find("redis-cli", "redis-tools");
        var lines = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"SET key{i} {i}\r\n"));
        Assert.Contains("errors: 0, replies: 10000", await Say(lines, "--pipe"), StringComparison.Ordinal);
        Assert.Equal("9999\n", await Say("", "get", "key9999"));
        Assert.Equal("10001\n", await Say("", "dbsize")); // and the one by which it was found to be ready
        Assert.Equal(10_001, (await Say("", "--scan")).Count(letter => letter == '\n'));
        Assert.Contains("roj_mode:available", await Say("", "info"), StringComparison.Ordinal);
        var said = await Task.Run(() => Tool.Run(
            Foreign.Find("redis-benchmark", "redis-tools"),
            ["-p", port, "-n", "20000", "-P", "16", "-c", "10", "-t", "ping,set,get,mset", "--csv"]));
        foreach (var test in new[] { "PING_INLINE", "PING_MBULK", "SET", "GET", "MSET (10 keys)" })
            Assert.Contains($"\"{test}\",", said, StringComparison.Ordinal);

        Task<string> Say(string input, params string[] args) => Task.Run(() => Tool.Run(cli, ["-p", port, .. args], input));
    }

    private static Task<string> CliAsync(RespHost roj, params string[] args) => PourAsync(roj, "", args);

    private static Task<string> PourAsync(RespHost roj, string input, params string[] args)
    {
        var cli = Foreign.Find("redis-cli", "redis-tools");
        return Task.Run(() => Tool.Run(cli, ["-p", Port(roj), .. args], input));
    }

    private static string Port(RespHost roj) => roj.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
}
