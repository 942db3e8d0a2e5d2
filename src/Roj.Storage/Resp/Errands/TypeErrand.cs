using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>What kind of value a key has: there is but one.</summary>
internal sealed class TypeErrand : RespErrand
{
    /// <summary>The one there is.</summary>
    public static TypeErrand Instance { get; } = new();

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (answer is not StorageAnswer.Value value)
            throw new UnreachableException($"{answer} instead of a value");
        writer.Simple(value.Data is null ? "none"u8 : "string"u8);
    }
}
