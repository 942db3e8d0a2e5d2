using System.Text.Json;
using Roj.Host.Daemon;
using Roj.Membership;
using Xunit;

namespace Roj.Tests.Host.Daemon;

public sealed class NodeLogTests : IDisposable
{
    private readonly StringWriter errors = new();
    private readonly StringWriter output = new();

    public void Dispose()
    {
        errors.Dispose();
        output.Dispose();
    }

    [Fact]
    public void What_is_of_a_lower_level_is_not_written()
    {
        using (var log = NodeLog.Open(new NodeOptions { LogLevel = LogLevel.Warning }, errors, output))
        {
            log.Write(Happened(new NodeNews.Leaving()));
            log.Write(Happened(new NodeNews.Found(new FindingEvent.PeersChanged())));
            log.Write(Happened(new NodeNews.Warning("the\ndisk")));
        }

        Assert.Equal($"[WARN] 1970-01-01T00:00:00.000Z the disk{Environment.NewLine}", errors.ToString()); // one line
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void Programs_get_an_object_a_line_and_the_last_words_too()
    {
        using (var log = NodeLog.Open(new NodeOptions { Json = true }, errors, output))
        {
            log.Write(Happened(new NodeNews.Open("anybody on 127.0.0.1/8")));
            log.Write(Happened(new NodeNews.Failed("gone")));
        }

        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        using var open = JsonDocument.Parse(lines[0]);
        using var failed = JsonDocument.Parse(lines[1]);
        Assert.Equal("open node: no key; anybody on 127.0.0.1/8 may join", open.RootElement.GetProperty("message").GetString());
        Assert.Equal("failed", failed.RootElement.GetProperty("event").GetString());
        Assert.DoesNotContain("gone", errors.ToString(), StringComparison.Ordinal); // who started the node says that
    }

    [Fact]
    public void A_file_is_added_to_and_has_the_last_words()
    {
        using var folder = new ScratchFolder();
        for (var times = 0; times < 2; times++)
        {
            using var log = NodeLog.Open(new NodeOptions { LogPath = folder.At("node.log") }, errors, output);
            log.Write(Happened(new NodeNews.Failed("gone")));
        }

        Assert.Equal(Enumerable.Repeat("[ERROR] 1970-01-01T00:00:00.000Z gone", 2), File.ReadAllLines(folder.At("node.log")));
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public void A_log_that_cannot_be_is_wrong_use_and_one_that_breaks_stops_nobody()
    {
        using var folder = new ScratchFolder();
        var refused = Assert.Throws<NodeException>(
            () => NodeLog.Open(new NodeOptions { LogPath = folder.At("no/node.log") }, errors, output));
        Assert.True(refused.IsWrongUse);

        errors.Dispose();
        using var log = NodeLog.Open(new NodeOptions(), errors, output);
        log.Write(Happened(new NodeNews.Leaving()));
    }

    private static NodeEvent Happened(NodeNews news) => new(1, DateTimeOffset.UnixEpoch, news);
}
