namespace Roj.Storage.Resp.Errands;

/// <summary>Several things to be done, one as well as the other; the reply is OK.</summary>
/// <param name="calls">How many.</param>
/// <param name="call">Which, counted from 0.</param>
internal sealed class EachErrand(int calls, Func<RespReader, int, StorageCall> call) : ManyErrand(calls)
{
    /// <inheritdoc/>
    public override StorageCall Next(int index, RespReader command) => call(command, index);

    /// <inheritdoc/>
    protected override void Add(int index, StorageAnswer answer)
    {
    }

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now) => writer.Ok();
}
