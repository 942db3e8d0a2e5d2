using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>The value is the reply, or nothing if there is none.</summary>
internal sealed class ValueErrand : RespErrand
{
    /// <summary>The one there is.</summary>
    public static ValueErrand Instance { get; } = new();

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (answer is not StorageAnswer.Value value)
            throw new UnreachableException($"{answer} instead of a value");
        if (value.Data is { } data)
            writer.Bulk(data.Span);
        else
            writer.Null();
    }
}
