using Roj.Agreement;

namespace Roj.Storage;

/// <summary>Goes through all keys of a database, part by part: counts them, deletes them one by one, or looks for one.</summary>
internal sealed class QuorumSweep
{
    private const int Batch = 1000;
    private const int DeletedAtOnce = 64;

    private readonly QuorumStore store;
    private readonly StorageCall call;
    private readonly Action<StorageAnswer> done;
    private readonly int database;
    private readonly ulong start; // of AnyKey: somewhere
    private StorageAnswer.Failed? failed;
    private ulong cursor;
    private long count;
    private int underWay;
    private bool isRound;

    public QuorumSweep(QuorumStore store, StorageCall call, ulong start, Action<StorageAnswer> done)
    {
        (this.store, this.call, this.done) = (store, call, done);
        (database, cursor) = call switch
        {
            StorageCall.Count all => (all.Database, 0UL),
            StorageCall.Clear all => (all.Database, 0UL),
            StorageCall.AnyKey any => (any.Database, start),
            _ => throw new ArgumentException($"what is {call}?", nameof(call)),
        };
        this.start = cursor;
        isRound = cursor == 0;
        List();
    }

    private void List() => store.Carry(
        new StorageCall.List(
            database, cursor, call is StorageCall.Clear ? DeletedAtOnce : call is StorageCall.AnyKey ? 16 : Batch), Listed);

    private void Listed(StorageAnswer answer)
    {
        if (answer is not StorageAnswer.Keys(var next, var names))
        {
            done(answer is StorageAnswer.Failed fault && count > 0 && call.IsWrite ? fault with { Applied = Applied.Unknown } : answer);
            return;
        }

        cursor = next;
        count += names.Count;
        if (call is StorageCall.AnyKey)
        {
            var isOver = cursor == 0 ? isRound : isRound && cursor > start;
            isRound |= cursor == 0;
            if (names.Count > 0)
                done(new StorageAnswer.Keys(0, [names[0]]));
            else if (isOver)
                done(new StorageAnswer.Keys(0, []));
            else
                List();
        }
        else if (call is StorageCall.Clear)
        {
            underWay = 1;
            foreach (var name in names)
            {
                underWay++;
                store.Carry(new StorageCall.Delete(new StorageKey(database, name)), Deleted);
            }

            Deleted(StorageAnswer.Done.Yes);
        }
        else if (cursor == 0)
        {
            done(new StorageAnswer.Number(count));
        }
        else
        {
            List();
        }
    }

    private void Deleted(StorageAnswer answer)
    {
        if (answer is StorageAnswer.Failed one)
            failed = one with { Applied = Applied.Unknown };
        if (--underWay > 0)
            return;
        if (failed is not null)
            done(failed);
        else if (cursor == 0)
            done(StorageAnswer.Done.Yes);
        else
            List();
    }
}
