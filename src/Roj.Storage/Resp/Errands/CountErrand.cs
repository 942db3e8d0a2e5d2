namespace Roj.Storage.Resp.Errands;

/// <summary>The same for each of some keys; the reply is of how many it was true.</summary>
/// <param name="keys">How many keys there are, from the command's second word on.</param>
/// <param name="call">What is asked of each.</param>
internal sealed class CountErrand(int keys, Func<ReadOnlySpan<byte>, StorageCall> call) : ManyErrand(keys)
{
    private long count;

    /// <inheritdoc/>
    public override StorageCall Next(int index, RespReader command) => call(command[index + 1]);

    /// <inheritdoc/>
    protected override void Add(int index, StorageAnswer answer)
    {
        if (answer is StorageAnswer.Value { Data: not null } or StorageAnswer.Done { IsApplied: true })
            count++;
    }

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now) => writer.Number(count);
}
