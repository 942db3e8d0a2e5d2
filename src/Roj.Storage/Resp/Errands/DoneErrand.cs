using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>The reply is whether it was done: 1 or 0, or OK or nothing.</summary>
internal sealed class DoneErrand : RespErrand
{
    private readonly bool asNumber;

    private DoneErrand(bool asNumber) => this.asNumber = asNumber;

    /// <summary>1 or 0.</summary>
    public static DoneErrand AsNumber { get; } = new(asNumber: true);

    /// <summary>OK or nothing.</summary>
    public static DoneErrand AsWord { get; } = new(asNumber: false);

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now)
    {
        var isDone = answer switch
        {
            StorageAnswer.Done done => done.IsApplied,
            StorageAnswer.Value value => value.IsApplied,
            _ => throw new UnreachableException($"{answer} instead of whether it was done"),
        };
        if (asNumber)
            writer.Number(isDone ? 1 : 0);
        else if (isDone)
            writer.Ok();
        else
            writer.Null();
    }
}
