using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>All keys: page by page, since only an answer says where the next page begins.</summary>
/// <remarks>A key that two pages have is there twice: they are sorted, which finds it.</remarks>
/// <param name="database">Of which database.</param>
/// <param name="pattern">What their names are to match; null for all.</param>
internal sealed class KeysErrand(int database, ReadOnlyMemory<byte>? pattern) : RespErrand
{
    /// <summary>Bytes of names at most: who wants more uses SCAN.</summary>
    public const int BytesMax = 2 * StorageLimits.ValueBytesMax;

    private const int Batch = 1024;
    private const int BytesAround = 24; // what a name costs beside its bytes

    private readonly List<ReadOnlyMemory<byte>> names = [];
    private ulong cursor;
    private int answers;
    private bool isAtEnd;
    private long bytes;

    /// <inheritdoc/>
    public override bool HasMore(int taken) => !isAtEnd;

    /// <inheritdoc/>
    public override StorageCall? Next(int index, RespReader command) =>
        index > answers ? null : new StorageCall.List(database, cursor, Batch, pattern);

    /// <inheritdoc/>
    public override StorageAnswer Take(int index, StorageAnswer answer)
    {
        answers++;
        if (answer is StorageAnswer.Failed)
        {
            isAtEnd = true;
            return answer;
        }

        if (answer is not StorageAnswer.Keys keys)
            throw new UnreachableException($"{answer} instead of keys");
        foreach (var name in keys.Names)
            bytes += name.Length + BytesAround;
        cursor = keys.Next;
        isAtEnd = cursor == 0 || bytes > BytesMax;
        if (bytes > BytesMax)
            names.Clear();
        else
            names.AddRange(keys.Names);
        return StorageAnswer.Done.Yes;
    }

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (bytes > BytesMax)
        {
            writer.Error($"ERR the names have more than {BytesMax} bytes together: use SCAN");
            return;
        }

        names.Sort(static (left, right) => left.Span.SequenceCompareTo(right.Span));
        var kept = 0;
        for (var i = 0; i < names.Count; i++)
        {
            if (i == 0 || !names[i].Span.SequenceEqual(names[kept - 1].Span))
                names[kept++] = names[i];
        }

        writer.Array(kept);
        for (var i = 0; i < kept; i++)
            writer.Bulk(names[i].Span);
    }
}
