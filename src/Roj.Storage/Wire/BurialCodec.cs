using Roj.Kernel;
using M = Roj.Storage.Wire.StorageMessage;

namespace Roj.Storage.Wire;

/// <summary>What is said before tombstones are dropped, as a part of <see cref="StorageCodec"/>.</summary>
internal static class BurialCodec
{
    private const int ItemLength = sizeof(ulong) + Stamp.Length;

    public static long LengthOf(M message) => message switch
    {
        M.Bury bury => sizeof(ulong) + Term.Length + (2 * sizeof(ulong)) + 2 + sizeof(ushort) + (ItemLength * (long)bury.Items.Count),
        M.Buried buried => (2 * sizeof(ulong)) + 1 + sizeof(ushort) + (sizeof(ulong) * (long)buried.Hashes.Count),
        _ => 0,
    };

    public static void Write(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.Bury bury:
                writer.UInt64(bury.Id);
                StorageCodec.Write(ref writer, bury.Term, bury.Version);
                writer.UInt64(bury.Time);
                writer.Byte(bury.Slot);
                StorageCodec.Write(ref writer, bury.IsDrop);
                writer.UInt16(StorageCodec.Counted(bury.Items.Count, M.Bury.ItemsMax));
                foreach (var (hash, stamp) in bury.Items)
                {
                    writer.UInt64(hash);
                    stamp.Write(ref writer);
                }

                break;
            case M.Buried buried:
                writer.UInt64(buried.Id);
                writer.UInt64(buried.Time);
                StorageCodec.Write(ref writer, buried.IsAble);
                writer.UInt16(StorageCodec.Counted(buried.Hashes.Count, M.Bury.ItemsMax));
                foreach (var hash in buried.Hashes)
                    writer.UInt64(hash);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{message}");
        }
    }

    public static M.Bury? ReadBury(ref ByteReader reader)
    {
        var id = reader.UInt64();
        if (StorageCodec.ReadTerm(ref reader) is not var (term, version))
            return null;
        var (time, slot, isDrop, count) = (reader.UInt64(), reader.Byte(), StorageCodec.ReadFlag(ref reader), reader.UInt16());
        if (isDrop is null || time >= HybridClock.TimeMax || count > M.Bury.ItemsMax || reader.Rest.Length < count * ItemLength)
            return null;
        var items = new (ulong, Stamp)[count];
        for (var i = 0; i < count; i++)
        {
            var hash = reader.UInt64();
            if (StorageCodec.ReadStamp(ref reader) is not { } stamp)
                return null;
            items[i] = (hash, stamp);
        }

        return new M.Bury(id, term, version, time, slot, isDrop.Value, items);
    }

    public static M.Buried? ReadBuried(ref ByteReader reader)
    {
        var (id, time, isAble, count) = (reader.UInt64(), reader.UInt64(), StorageCodec.ReadFlag(ref reader), reader.UInt16());
        return isAble is { } able && time < HybridClock.TimeMax && count <= M.Bury.ItemsMax
            && StorageCodec.ReadHashes(ref reader, count) is { } hashes ? new M.Buried(id, time, able, hashes) : null;
    }
}
