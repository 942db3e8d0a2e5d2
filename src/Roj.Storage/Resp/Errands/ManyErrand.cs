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
        if (answer is StorageAnswer.Failed { Applied: not Applied.Yes } refused)
        {
            // What can't be told outweighs what surely was not done.
            if (failed is null || (failed.Applied is Applied.No && refused.Applied is Applied.Unknown))
                failed = refused;
        }
        else
        {
            isPartDone |= answer is StorageAnswer.Done { IsApplied: true } or StorageAnswer.Failed;
            Add(index, answer);
        }

        return failed is null ? StorageAnswer.Done.Yes : Failure.OfMany(failed, isPartDone);
    }

    /// <summary>One answer that is no failure: or one that says that it was done, and nothing else.</summary>
    protected abstract void Add(int index, StorageAnswer answer);
}
