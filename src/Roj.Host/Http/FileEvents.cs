using Roj.Host.Http.Views;
using Roj.Host.Sharing;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>What happens to files, as events for others.</summary>
public static class FileEvents
{
    /// <summary>Adds what happened to <paramref name="log"/>.</summary>
    public static void Add(this EventLog log, DateTimeOffset time, NodeId node, FileNews happened)
    {
        ArgumentNullException.ThrowIfNull(log);
        // Who listens may be on another host: paths are not told.
        if (FileOf(happened) is { } file)
            log.Add(time, KindOf(happened), node, FileView.Of(file, isNear: false), ApiJson.Default.FileView);
    }

    /// <summary>What kind of event that is, by name.</summary>
    public static string KindOf(FileNews happened) => happened switch
    {
        FileNews.Shared => "file.shared",
        FileNews.Wanted => "file.wanted",
        FileNews.Completed => "file.complete",
        FileNews.GivenUp => "file.failed",
        FileNews.Removed => "file.removed",
        _ => "file.warning",
    };

    private static FileStatus? FileOf(FileNews happened) => happened switch
    {
        FileNews.Shared(var file) => file,
        FileNews.Wanted(var file) => file,
        FileNews.Completed(var file) => file,
        FileNews.GivenUp(var file) => file,
        FileNews.Removed(var file) => file,
        _ => null,
    };
}
