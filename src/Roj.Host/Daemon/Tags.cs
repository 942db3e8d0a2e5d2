using System.Text;

namespace Roj.Host.Daemon;

/// <summary>A node's free words as bytes: <c>name=value</c> in UTF-8, a line feed behind each.</summary>
public static class Tags
{
    /// <summary>The bytes.</summary>
    public static byte[] Write(IEnumerable<KeyValuePair<string, string>> tags) =>
        Encoding.UTF8.GetBytes(string.Concat(tags.Select(tag => $"{tag.Key}={tag.Value}\n")));

    /// <summary>What can be read of them: they come from others, and what is no name with a value is passed over.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(ReadOnlySpan<byte> bytes)
    {
        List<KeyValuePair<string, string>> tags = [];
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                tags.Add(new(line[..equals], line[(equals + 1)..]));
        }

        return tags;
    }
}
