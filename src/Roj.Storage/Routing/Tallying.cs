namespace Roj.Storage;

/// <summary>Counts a database's keys by listing them: where several have a key and none has a slot for itself, sums say nothing.</summary>
internal sealed class Tallying
{
    private readonly Router router;
    private readonly int database;
    private readonly Action<StorageAnswer> done;
    private long sum;

    public Tallying(Router router, int database, Action<StorageAnswer> done)
    {
        (this.router, this.database, this.done) = (router, database, done);
        List(0);
    }

    private void List(ulong cursor) =>
        router.Ask(router.At, new StorageCall.List(database, cursor, Wire.StorageMessage.List.ListMax), Listed);

    private void Listed(StorageAnswer answer)
    {
        if (answer is not StorageAnswer.Keys keys)
        {
            done(answer);
            return;
        }

        sum += keys.Names.Count;
        if (keys.Next == 0)
            done(new StorageAnswer.Number(sum));
        else
            List(keys.Next);
    }
}
