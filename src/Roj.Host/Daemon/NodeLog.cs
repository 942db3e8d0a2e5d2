using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Roj.Host.Daemon;

/// <summary>Where a node's events are written: a line each, to a file or to standard error, and as JSON to standard output.</summary>
/// <remarks>One caller at a time. A full disk or a reader that is gone is no reason to stop a node.</remarks>
public sealed class NodeLog : IDisposable
{
    private readonly LogLevel level;
    private readonly TextWriter lines;
    private readonly TextWriter? objects;
    private readonly bool isOwn;

    private NodeLog(LogLevel level, TextWriter lines, bool isOwn, TextWriter? objects)
    {
        (this.level, this.lines, this.isOwn, this.objects) = (level, lines, isOwn, objects);
    }

    /// <summary>Opens what <paramref name="options"/> say.</summary>
    /// <param name="options">The node's.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="output">Standard output.</param>
    /// <exception cref="NodeException">The log can't be written to.</exception>
    public static NodeLog Open(NodeOptions options, TextWriter errors, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(options);
        var objects = options.Json ? output : null;
        if (options.LogPath is not { } path)
            return new NodeLog(options.LogLevel, errors, isOwn: false, objects);
        try
        {
            // Others may read it, move it away and cut it meanwhile.
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            return new NodeLog(options.LogLevel, new StreamWriter(file) { AutoFlush = true }, isOwn: true, objects);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"cannot write to --log-file {path}: {SystemReason.Of(e)}", isWrongUse: true);
        }
    }

    /// <summary>Writes an event, unless it is of a lower level than what is wanted.</summary>
    public void Write(NodeEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (happened.News.Level < level)
            return;
        // Why the node ends is said on standard error by whoever started it.
        var isSaid = !isOwn && happened.News is NodeNews.Failed;
        Quietly(() =>
        {
            if (isSaid)
                return;
            lines.WriteLine(NodeWords.LogLine(happened));
            lines.Flush();
        });
        if (objects is not null)
        {
            Quietly(() =>
            {
                objects.WriteLine(Json(happened));
                objects.Flush();
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOwn)
            Quietly(lines.Dispose);
    }

    private static string Json(NodeEvent happened)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            NodeWords.Write(json, happened);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Quietly(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Said above.
        }
    }
}
