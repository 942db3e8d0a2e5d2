using System.Security.Cryptography;

namespace Roj.EndToEnd;

/// <summary>Tells whether a node's data file is right, often and cheaply while it works, and once more without mercy at the end.</summary>
internal sealed class Judge(SharedFile file, string path)
{
    private const int ChunkBytes = 64 * 1024;

    // Where a wrong byte was seen last: while that chunk stays wrong, nothing else needs to be read.
    private long suspect;
    private (long Length, DateTime Written)? rightAsOf;

    /// <summary>The file that is judged.</summary>
    public string Path => path;

    /// <summary>When the file was written to last, if it was right when it was looked at last.</summary>
    public DateTime? RightSince => rightAsOf?.Written;

    /// <summary>Whether the file is right now: its length, and the SHA-256 of all of it.</summary>
    /// <remarks>A file that was right is only read again after it was written to.</remarks>
    public bool IsRight()
    {
        try
        {
            var state = (new FileInfo(path).Length, File.GetLastWriteTimeUtc(path));
            if (rightAsOf == state)
                return true;
            rightAsOf = null;
            if (state.Length != file.Bytes.Length || !SuspectIsCleared() || !HashMatches())
                return false;
            rightAsOf = state;
            return true;
        }
        catch (IOException)
        {
            return false; // it is not there (yet), or is being replaced
        }
    }

    /// <summary>Compares byte by byte; what is wrong, as the end of a sentence, or null.</summary>
    public string? Difference()
    {
        if (!File.Exists(path))
            return "is missing";
        using var data = File.OpenRead(path);
        if (data.Length != file.Bytes.Length)
            return $"has {data.Length} bytes rather than {file.Bytes.Length}";
        return FirstDifference(data, 0) is { } offset
            ? $"is wrong at byte {offset}, in part {offset / file.PartBytes} of {file.PartCount}"
            : null;
    }

    private bool SuspectIsCleared()
    {
        using var data = File.OpenRead(path);
        if (FirstDifference(data, suspect) is not { } offset)
        {
            suspect = 0;
            return true;
        }

        suspect = offset / ChunkBytes * ChunkBytes;
        return false;
    }

    private bool HashMatches()
    {
        using var data = File.OpenRead(path);
        return SHA256.HashData(data).AsSpan().SequenceEqual(file.Sha256);
    }

    private long? FirstDifference(FileStream data, long from)
    {
        var chunk = new byte[ChunkBytes];
        data.Position = from;
        while (true)
        {
            var position = data.Position;
            var count = data.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            if (count == 0)
                return null;
            var expected = file.Bytes.AsSpan((int)position, (int)Math.Min(count, file.Bytes.Length - position));
            var same = chunk.AsSpan(0, count).CommonPrefixLength(expected);
            if (same < count)
                return position + same;
        }
    }
}
