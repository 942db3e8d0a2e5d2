using Xunit;

namespace Roj.Tests.Cli;

/// <summary>What <c>roj push</c>, and <c>roj up --chaos</c>, refuse before they ask anybody.</summary>
public class PushCommandTests
{
    [Theory]
    [InlineData("roj push takes a file, and --to green or --to red.", "push")]
    [InlineData("roj push takes a file, and --to green or --to red.", "push", "app")]
    [InlineData("roj push takes a file, and --to green or --to red.", "push", "--to", "green")]
    [InlineData("--then takes the other color than --to.", "push", "app", "--to", "red", "--then", "red")]
    [InlineData("--when takes a share from 1% to 100%, not '0%'.", "push", "app", "--to", "red", "--when", "0%")]
    [InlineData("--when takes a share from 1% to 100%, not '101'.", "push", "app", "--to", "red", "--when", "101")]
    [InlineData("--when takes a share from 1% to 100%, not 'half'.", "push", "app", "--to", "red", "--when", "half")]
    [InlineData("roj push --status takes no file: it tells how the last push stands.", "push", "app", "--status")]
    [InlineData("'blue' not recognized", "push", "app", "--to", "blue")]
    [InlineData("Required argument missing", "rollback")]
    [InlineData("roj up --chaos takes 3 nodes at least.", "up", "2", "--chaos")]
    public async Task What_makes_no_sense_is_refused(string complaint, params string[] words)
    {
        var run = await RojRun.OfAsync(null, words);
        Assert.Equal(2, run.Exit);
        Assert.Contains(complaint, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_a_key_takes_nothing_that_is_pushed()
    {
        using var folder = new Host.ScratchFolder();
        var run = await RojRun.OfAsync(
            null, "node", "--data-dir", folder.At("data"), "--address", "127.0.0.1", "--allow-push", folder.At(""));
        Assert.Equal(2, run.Exit);
        Assert.Contains("--allow-push needs a key", run.Error, StringComparison.Ordinal);
    }
}
