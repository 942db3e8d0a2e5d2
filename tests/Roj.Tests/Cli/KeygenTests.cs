using Roj.Host.Security;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj keygen</c>.</summary>
public sealed class KeygenTests
{
    [Fact]
    public async Task A_key_is_printed_or_put_into_a_file_never_over_another()
    {
        using var folder = new ScratchFolder();
        var printed = await RojRun.OfAsync(null, "keygen");
        Assert.Equal((0, ""), (printed.Exit, printed.Error));
        Assert.True(ClusterKey.TryParse(printed.Output, out var key, out _));

        var made = await RojRun.OfAsync(null, "keygen", folder.At("key"));
        var inFile = Assert.Single(KeyFile.Read(folder.At("key"), Assert.Fail));
        Assert.Equal((0, ""), (made.Exit, made.Error));
        Assert.StartsWith($"{inFile} is in {folder.At("key")}. ", made.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(inFile.Reveal(), made.Output, StringComparison.Ordinal);
        Assert.NotEqual(key.Id, inFile.Id);

        var again = await RojRun.OfAsync(null, "keygen", folder.At("key"));
        Assert.Equal((1, ""), (again.Exit, again.Output));
        Assert.Contains("is there already", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roj1-x", "ROJ_KEY, line 1: a key has 63 characters, this has 6")]
    [InlineData("hunter2", "ROJ_KEY, line 1: a key begins with roj1-, this does not")]
    public async Task A_node_whose_key_is_none_does_not_begin(string secret, string why)
    {
        using var folder = new ScratchFolder();
        var start = RojRun.Plan(null, "node", "--data-dir", folder.At("data"));
        start.Environment["ROJ_KEY"] = secret;
        using var process = System.Diagnostics.Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.Equal($"roj: {why}\n", error);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.False(Directory.Exists(folder.At("data")));
    }
}
