using Roj.Agreement;
using Roj.Kernel;

namespace Roj.Tests.Agreement;

/// <summary>A store in memory, all of which survives.</summary>
internal sealed class TestStore : IStableStore
{
    private readonly SortedDictionary<byte[], ReadOnlyMemory<byte>> records =
        new(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));

    public int Count => records.Count;

    /// <summary>Whether its disk gives back nothing.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Whether it can't be told all that is there.</summary>
    public bool IsUnlistable { get; set; }

    public TestStore Copy()
    {
        var copy = new TestStore();
        foreach (var (key, value) in records)
            copy.records.Add(key, value);
        return copy;
    }

    public void Save(AgreementEffect.Save save)
    {
        if (save.Value is { } value)
            records[save.Key.ToArray()] = value;
        else
            records.Remove(save.Key.ToArray());
    }

    public Finding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (IsUnreadable)
            return Finding.Damaged;
        return records.TryGetValue(key.ToArray(), out value) ? Finding.Found : Finding.Absent;
    }

    public UInt128? List(ushort slot, UInt128 cursor, int about, ICollection<StoredHead> found)
    {
        if (IsUnlistable)
            return null;
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
