using Roj.Agreement;

namespace Roj.Storage;

/// <summary>Carries out at once what concerns nobody else: where this node alone has the copies, there is nobody to wait for.</summary>
/// <remarks>It comes to the same as <see cref="Reading"/> and <see cref="Writing"/> with one owner, which is here.</remarks>
internal sealed class Alone(Router router)
{
    private static readonly StorageAnswer.Failed unreadable = new(
        StorageFault.Unreadable, "what is on the disk is not what was written, and there is no other copy", Applied.No);

    private static readonly StorageAnswer.Failed full = new(StorageFault.Full, "there is no room left for it on this node", Applied.No);

    /// <summary>Carries out a call.</summary>
    /// <param name="at">The time.</param>
    /// <param name="call">Which.</param>
    /// <param name="restsOnDisk">Whether the answer may be told only once what was kept is durable.</param>
    /// <returns>Null if it concerns others too.</returns>
    public StorageAnswer? Answer(Moment at, StorageCall call, out bool restsOnDisk)
    {
        restsOnDisk = true;
        if (call.NeedsRegisters)
            return null; // to be refused
        switch (call)
        {
            case StorageCall.Read(var key) when IsAlone(key):
                return Read(at, key, out restsOnDisk);
            case StorageCall.Write { Condition: WriteCondition.Always, Expiry.Keeps: false, ReturnsOld: false } write
                when IsAlone(write.Key):
                return Write(at, write.Key, write.Value, write.Expiry.EndsAt, out restsOnDisk) is null
                    ? full
                    : StorageAnswer.Done.Yes;
            case StorageCall.Delete { ReturnsOld: false } delete when IsAlone(delete.Key):
                var was = Write(at, delete.Key, null, null, out restsOnDisk);
                return was is null ? full : was.Value ? StorageAnswer.Done.Yes : StorageAnswer.Done.No;
            default:
                return null;
        }
    }

    private bool IsAlone(StorageKey key) => router.Placement.IsAlone(router.Placement.PlaceOf(key));

    private StorageAnswer Read(Moment at, StorageKey key, out bool restsOnDisk)
    {
        var finding = router.Replica.Find(key, at.Unix, out var entry, out var isDurable, router.Outbox);
        restsOnDisk = !isDurable;
        if (finding is ShelfFinding.Damaged)
            return unreadable;
        if (entry is null)
            return StorageAnswer.Value.Nothing;
        router.Clock.Hear(at, entry.Stamp.Time);
        return entry.IsTombstone ? StorageAnswer.Value.Nothing : new StorageAnswer.Value(entry.Data, entry.ExpiresAt);
    }

    // Whether the key was there; null if there is no room.
    private bool? Write(Moment at, StorageKey key, ReadOnlyMemory<byte>? data, long? expiresAt, out bool restsOnDisk)
    {
        var wasThere = false;
        restsOnDisk = true;
        for (var i = 0; i < Writing.StampsMax; i++)
        {
            var entry = new Entry(router.Clock.Next(at), data, expiresAt);
            var became = router.Replica.Put(key, entry, out var before, router.Outbox);
            if (became is Putting.NoRoom)
            {
                restsOnDisk = false;
                return null;
            }

            wasThere |= before?.IsThere(at.Unix) is true;
            if (became is Putting.Kept)
                break;
            router.Clock.Hear(at, before!.Value.Stamp.Time);
        }

        return wasThere;
    }
}
