using System.Numerics;
using Roj.Log.Format;

namespace Roj.Log.Indexing;

/// <summary>A table with open addressing and linear probing, at most three quarters full; removing moves back what stands behind (Knuth,
/// TAOCP 3, 6.4, algorithm R), so that there is nothing to clean up.</summary>
internal struct IndexShard
{
    private const int CapacityFirst = 8;

    private Slot[]? slots;
    private int count;

    /// <summary>The slots of <paramref name="hash"/>, one after the other: pass the last position, -1 at first.</summary>
    internal readonly bool TryNext(ulong hash, ref int position, out Slot slot)
    {
        slot = default;
        if (slots is null)
            return false;
        var mask = slots.Length - 1;
        position = position < 0 ? Home(hash, mask) : (position + 1) & mask;
        for (; !slots[position].IsEmpty; position = (position + 1) & mask)
        {
            if (slots[position].Hash != hash)
                continue;
            slot = slots[position];
            return true;
        }

        return false;
    }

    internal void Add(Slot slot)
    {
        if (slots is null)
            slots = new Slot[CapacityFirst];
        else if ((count + 1) * 4L > slots.Length * 3L)
            Grow();
        Place(slots, slot);
        count++;
    }

    internal readonly bool TryReplace(Place old, Slot slot)
    {
        var position = PositionOf(slot.Hash, old);
        if (position < 0)
            return false;
        slots![position] = slot;
        return true;
    }

    internal bool TryRemove(ulong hash, Place place)
    {
        var hole = PositionOf(hash, place);
        if (hole < 0)
            return false;
        count--;
        var mask = slots!.Length - 1;
        for (var next = (hole + 1) & mask; !slots[next].IsEmpty; next = (next + 1) & mask)
        {
            // It may move back unless its home lies behind the hole.
            if (((next - Home(slots[next].Hash, mask)) & mask) < ((next - hole) & mask))
                continue;
            slots[hole] = slots[next];
            hole = next;
        }

        slots[hole] = default;
        return true;
    }

    internal readonly int PositionOf(ulong hash, Place place)
    {
        var position = -1;
        while (TryNext(hash, ref position, out var slot))
        {
            if (slot.Place == place)
                return position;
        }

        return -1;
    }

    /// <summary>Adds the slots whose hash is in a range to a list, in no order.</summary>
    internal readonly void Collect(ulong from, ulong last, List<Slot> found)
    {
        foreach (var slot in slots ?? [])
        {
            if (!slot.IsEmpty && slot.Hash >= from && slot.Hash <= last)
                found.Add(slot);
        }
    }

    /// <summary>How many it has.</summary>
    internal readonly int Count => count;

    private static int Home(ulong hash, int mask) => (int)hash & mask;

    private static void Place(Slot[] table, Slot slot)
    {
        var mask = table.Length - 1;
        var position = Home(slot.Hash, mask);
        while (!table[position].IsEmpty)
            position = (position + 1) & mask;
        table[position] = slot;
    }

    private void Grow()
    {
        var larger = new Slot[BitOperations.RoundUpToPowerOf2((uint)slots!.Length + 1)];
        foreach (var slot in slots)
        {
            if (!slot.IsEmpty)
                Place(larger, slot);
        }

        slots = larger;
    }
}
