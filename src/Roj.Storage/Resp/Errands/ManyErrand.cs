using Roj.Agreement;

namespace Roj.Storage.Resp.Errands;

/// <summary>The same for several keys, or databases.</summary>
/// <param name="calls">How many there are.</param>
internal abstract class ManyErrand(int calls) : RespErrand
{
    private StorageAnswer.Failed? failed;
    private bool isPartDone;

    /// <inheritdoc/>
    public override bool HasMore(int taken) => taken < calls;

    /// <inheritdoc/>
    public sealed override StorageAnswer Take(int index, StorageAnswer answer)
    {
        isPartDone |= answer is StorageAnswer.Done { IsApplied: true } or StorageAnswer.Failed { Applied: Applied.Yes };
        if (answer is not StorageAnswer.Failed refused)
            Add(index, answer);
        else if (failed is null || Weight(refused) > Weight(failed))
            failed = refused;

        return failed is null ? StorageAnswer.Done.Yes : Failure.OfMany(failed, isPartDone);
    }

    /// <summary>One answer that is no failure.</summary>
    protected abstract void Add(int index, StorageAnswer answer);

    // What can't be told outweighs what surely was not done, and that what was done.
    private static int Weight(StorageAnswer.Failed failed) => failed.Applied switch
    {
        Applied.Yes => 0,
        Applied.No => 1,
        _ => 2,
    };
}
