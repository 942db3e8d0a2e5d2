using System.Text;

namespace Roj.EndToEnd.Members;

/// <summary>Reads what a program adds to its log: nothing is read twice, and a look at a silent log costs one stat(2).</summary>
internal sealed class LogTail(string path)
{
    private long offset;

    /// <summary>The lines that are complete since the last call.</summary>
    public IReadOnlyList<string> Lines()
    {
        var log = new FileInfo(path);
        if (!log.Exists || log.Length == offset)
            return [];
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite);
        var added = new byte[log.Length - offset];
        added = added[..RandomAccess.Read(file, added, offset)];
        // The last line may be in the making.
        var complete = added.AsSpan().LastIndexOf((byte)'\n') + 1;
        offset += complete;
        return complete == 0 ? [] : Encoding.UTF8.GetString(added, 0, complete - 1).Split('\n');
    }
}
