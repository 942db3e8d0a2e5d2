using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>One key, whichever.</summary>
internal sealed class AnyKeyErrand : RespErrand
{
    /// <summary>The one there is.</summary>
    public static AnyKeyErrand Instance { get; } = new();

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (answer is not StorageAnswer.Keys keys)
            throw new UnreachableException($"{answer} instead of keys");
        if (keys.Names.Count > 0)
            writer.Bulk(keys.Names[0].Span);
        else
            writer.Null();
    }
}
