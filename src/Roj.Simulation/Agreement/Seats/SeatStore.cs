using Roj.Agreement;
using Roj.Kernel;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>What a seat has saved: what is durable, and what this life sees.</summary>
internal sealed class SeatStore : IStableStore
{
    private static readonly Comparer<byte[]> order = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private readonly SortedDictionary<byte[], ReadOnlyMemory<byte>> records;

    public SeatStore() => records = new(order);

    private SeatStore(SeatStore other) => records = new(other.records, order);

    public SeatStore Copy() => new(this);

    public void Save(AgreementEffect.Save save)
    {
        if (save.Value is { } value)
            records[save.Key.ToArray()] = value;
        else
            records.Remove(save.Key.ToArray());
    }

    public Finding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value) =>
        records.TryGetValue(key.ToArray(), out value) ? Finding.Found : Finding.Absent;

    public UInt128? List(ushort slot, UInt128 cursor, int about, ICollection<StoredHead> found)
    {
        foreach (var (key, value) in records.Skip((int)cursor).Take(about))
            found.Add(new StoredHead(key, value[..Math.Min(value.Length, IStableStore.HeadBytes)]));
        return cursor + (UInt128)about >= (UInt128)records.Count ? 0 : cursor + (UInt128)about;
    }

    public ulong? Walk(
        ushort slot, ulong from, int about, ICollection<(ulong At, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Head)> found)
    {
        byte[] group = [(byte)'r', (byte)(slot >> 8), (byte)slot];
        var sorted = records.Where(record => record.Key.AsSpan().StartsWith(group))
            .Select(record => (At: (ulong)Crc.Of(record.Key) << 16, record.Key, record.Value))
            .Where(record => record.At >= from).OrderBy(record => record.At).ToArray();
        var last = sorted.Length > about ? sorted[about - 1].At : Place.AtMax;
        foreach (var (at, key, value) in sorted.Where(record => record.At <= last))
            found.Add((at, key, value[..Math.Min(value.Length, IStableStore.HeadBytes)]));
        return last;
    }
}
