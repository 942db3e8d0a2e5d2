using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Reads what a connection would deliver, cut in any way, through a codec that consumes from the front.</summary>
internal static class Delivery
{
    internal delegate ReadStatus Read<T>(ReadOnlySpan<byte> input, out T value, out int consumed);

    /// <summary>The values that are read, in order, as <paramref name="chunks"/> arrive; nothing may be left over.</summary>
    internal static List<T> ReadAll<T>(IEnumerable<byte[]> chunks, Read<T> read)
    {
        var values = new List<T>();
        var buffer = Array.Empty<byte>();
        foreach (var chunk in chunks)
        {
            buffer = [.. buffer, .. chunk];
            while (true)
            {
                var status = read(buffer, out var value, out var consumed);
                Assert.NotEqual(ReadStatus.Malformed, status);
                if (status != ReadStatus.Done)
                {
                    Assert.Equal(0, consumed);
                    break;
                }

                Assert.InRange(consumed, 1, buffer.Length);
                values.Add(value);
                buffer = buffer[consumed..];
            }
        }

        Assert.Empty(buffer);
        return values;
    }

    /// <summary>All ways to cut <paramref name="bytes"/> in two, and byte by byte.</summary>
    internal static IEnumerable<IEnumerable<byte[]>> Cuts(byte[] bytes)
    {
        for (var at = 0; at <= bytes.Length; at++)
            yield return [bytes[..at], bytes[at..]];
        yield return bytes.Chunk(1);
    }
}
