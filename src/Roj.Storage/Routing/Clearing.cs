using Roj.Agreement;

namespace Roj.Storage;

/// <summary>Deletes all keys of a database, one by one, some at a time.</summary>
internal sealed class Clearing
{
    private const int Batch = 64;

    private readonly Router router;
    private readonly int database;
    private readonly Action<StorageAnswer> done;
    private StorageAnswer.Failed? failed;
    private ulong cursor;
    private int underWay;
    private bool isEnd;

    public Clearing(Router router, int database, Action<StorageAnswer> done)
    {
        (this.router, this.database, this.done) = (router, database, done);
        List();
    }

    private void List() => router.Ask(router.At, new StorageCall.List(database, cursor, Batch), Listed);

    private void Listed(StorageAnswer answer)
    {
        if (answer is not StorageAnswer.Keys keys)
        {
            done(answer);
            return;
        }

        (cursor, isEnd, underWay) = (keys.Next, keys.Next == 0, 1);
        foreach (var name in keys.Names)
        {
            underWay++;
            router.Ask(router.At, new StorageCall.Delete(new StorageKey(database, name)), Deleted);
        }

        Deleted(StorageAnswer.Done.Yes);
    }

    private void Deleted(StorageAnswer answer)
    {
        if (answer is StorageAnswer.Failed one)
            failed = one with { Applied = Applied.Unknown };
        if (--underWay > 0)
            return;
        if (failed is not null)
            done(failed);
        else if (isEnd)
            done(StorageAnswer.Done.Yes);
        else
            List();
    }
}
