using System.Diagnostics;
using System.Globalization;

namespace Roj.Storage.Resp.Errands;

/// <summary>Some of the keys, and where to go on.</summary>
/// <param name="hidesAll">Whether keys of a type are wanted that no key has.</param>
internal sealed class ScanErrand(bool hidesAll) : RespErrand
{
    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        if (answer is not StorageAnswer.Keys keys)
            throw new UnreachableException($"{answer} instead of keys");
        writer.Array(2);
        writer.Bulk(keys.Next.ToString(CultureInfo.InvariantCulture));
        writer.Array(hidesAll ? 0 : keys.Names.Count);
        for (var i = 0; i < keys.Names.Count && !hidesAll; i++)
            writer.Bulk(keys.Names[i].Span);
    }
}
