using System.Diagnostics;
using Roj.Agreement;
using Roj.Storage.Resp;

namespace Roj.Storage;

/// <summary>Lists keys in <c>quorum</c> mode, slot by slot: what a majority of a slot's replicas has. Keys of which that does not say what
/// they hold are read.</summary>
/// <remarks>A cursor is the number of the slot from 0 on, 1 byte, and the place in it, 7 bytes.</remarks>
internal sealed class QuorumListing
{
    private const int SlotShift = 56;
    private const int WidthMax = 64; // slots at a time: many of few keys each are as quick as one of many

    private readonly QuorumStore store;
    private readonly int database;
    private readonly int batch;
    private readonly ReadOnlyMemory<byte>? pattern;
    private readonly Action<StorageAnswer> done;
    private readonly List<ReadOnlyMemory<byte>> names = [];
    private AgreementEvent.Walked?[] parts = [];
    private (int Slot, ulong At) position;
    private int width = 1;
    private int looked;
    private int awaited;
    private StorageAnswer.Failed? failed;

    public QuorumListing(QuorumStore store, StorageCall.List list, Action<StorageAnswer> done)
    {
        (this.store, this.done) = (store, done);
        (database, batch, pattern) = (list.Database, list.Batch, list.Pattern);
        position = ((int)(list.Cursor >> SlotShift), list.Cursor & Place.AtMax);
        Ask();
    }

    /// <summary>A part has been listed.</summary>
    /// <param name="index">Which of those that were asked for.</param>
    /// <param name="part">What it is.</param>
    public void Take(int index, AgreementEvent.Walked part)
    {
        parts[index] = part;
        if (part.Found is null)
            failed = new StorageAnswer.Failed(
                StorageFault.NoQuorum, "no majority of the nodes that have copies answered in time", Applied.No);
        if (--awaited == 0)
            Merge();
    }

    private void Ask()
    {
        var slots = Math.Min(width, store.Slots - position.Slot);
        parts = new AgreementEvent.Walked?[slots];
        awaited = slots;
        for (var i = 0; i < slots; i++)
            store.Scan((ushort)(position.Slot + i + 1), i == 0 ? position.At : 0, Math.Max(batch - looked, 1), this, i);
    }

    // Of slots behind one that has more nothing is taken: they are asked again.
    private void Merge()
    {
        if (failed is not null)
        {
            done(failed);
            return;
        }

        var (first, isWhole) = (position.Slot, true);
        awaited = 1;
        for (var i = 0; i < parts.Length && isWhole && looked < batch; i++)
        {
            var part = parts[i] ?? throw new UnreachableException("a part is lacking");
            foreach (var sight in part.Found!)
                See(sight);
            isWhole = part.Next is null;
            position = isWhole ? (first + i + 1, 0) : (first + i, part.Next!.Value);
        }

        width = isWhole ? Math.Min(width * 2, WidthMax) : 1;
        Seen();
    }

    private void See(Sight sight)
    {
        looked++;
        if (KeySlots.KeyOf(sight.Name) is not { } key || key.Database != database
            || (pattern is { } glob && !Glob.IsMatch(glob.Span, key.Name.Span)))
        {
            return;
        }

        if (sight.IsSure && !(sight.EndsAt <= store.At.Unix))
        {
            if (sight.IsThere)
                names.Add(key.Name);
            return;
        }

        awaited++;
        store.Carry(new StorageCall.Read(key), answer =>
        {
            if (answer is StorageAnswer.Value { Data: not null })
                names.Add(key.Name);
            else if (answer is StorageAnswer.Failed fault)
                failed = fault;
            Seen();
        });
    }

    private void Seen()
    {
        if (--awaited > 0)
            return;
        if (failed is not null)
            done(failed);
        else if (position.Slot >= store.Slots)
            done(new StorageAnswer.Keys(0, names));
        else if (looked >= batch)
            done(new StorageAnswer.Keys(((ulong)position.Slot << SlotShift) | position.At, names));
        else
            Ask();
    }
}
