using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>The values of several keys.</summary>
/// <param name="keys">How many, from the command's second word on.</param>
/// <param name="key">What each is called in full.</param>
internal sealed class ValuesErrand(int keys, Func<ReadOnlySpan<byte>, StorageKey> key) : ManyErrand(keys)
{
    /// <summary>Bytes of a reply at most: who wants more asks for fewer keys at a time.</summary>
    public const int BytesMax = 2 * StorageLimits.ValueBytesMax;

    private readonly List<ReadOnlyMemory<byte>?> values = [];
    private readonly int keys = keys;
    private long bytes;

    /// <inheritdoc/>
    public override bool HasMore(int taken) => base.HasMore(taken) && bytes <= BytesMax;

    /// <inheritdoc/>
    public override StorageCall Next(int index, RespReader command) => new StorageCall.Read(key(command[index + 1]));

    /// <inheritdoc/>
    protected override void Add(int index, StorageAnswer answer)
    {
        if (answer is not StorageAnswer.Value { Data: var data })
            throw new UnreachableException($"{answer} instead of a value");
        bytes += data?.Length ?? 0;
        if (bytes > BytesMax)
        {
            values.Clear();
            return;
        }

        while (values.Count <= index)
            values.Add(null);
        values[index] = data;
    }

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (bytes > BytesMax)
        {
            writer.Error($"ERR the values have more than {BytesMax} bytes together: ask for fewer at a time");
            return;
        }

        writer.Array(keys);
        for (var i = 0; i < keys; i++)
        {
            if (values[i] is { } value)
                writer.Bulk(value.Span);
            else
                writer.Null();
        }
    }
}
