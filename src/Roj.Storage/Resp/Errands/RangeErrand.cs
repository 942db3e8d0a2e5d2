using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>A part of the value.</summary>
/// <param name="first">Its first byte; negative numbers count from behind.</param>
/// <param name="last">Its last byte.</param>
internal sealed class RangeErrand(long first, long last) : RespErrand
{
    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (answer is not StorageAnswer.Value value)
            throw new UnreachableException($"{answer} instead of a value");
        var data = value.Data ?? default;
        var from = Math.Max(first < 0 ? data.Length + first : first, 0);
        var to = Math.Min(Math.Max(last < 0 ? data.Length + last : last, 0), data.Length - 1L);
        var isNone = from > to || (first < 0 && last < 0 && first > last);
        writer.Bulk(isNone ? default : data.Span[(int)from..(int)(to + 1)]);
    }
}
