using Roj.Kernel;
using M = Roj.Storage.Wire.StorageMessage;

namespace Roj.Storage.Wire;

/// <summary>What is said of changes, as a part of <see cref="StorageCodec"/>.</summary>
internal static class WatchCodec
{
    private const byte AllDatabases = 0xFF;
    private const int ItemLengthMin = 1 + sizeof(ushort) + 1 + 1 + Stamp.Length;

    public static long LengthOf(M message) => message switch
    {
        M.Watch watch => sizeof(ulong) + 1 + watch.Filters.Sum(filter => 1L + sizeof(ushort) + filter.Prefix.Length),
        M.Changes changes => (2 * sizeof(ulong)) + sizeof(ushort)
            + changes.Items.Sum(item => StorageCodec.LengthOf(item.Key) + 1 + Stamp.Length),
        _ => 0,
    };

    public static void Write(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.Watch watch:
                writer.UInt64(watch.Heard);
                writer.Byte((byte)StorageCodec.Counted(watch.Filters.Count, WatchFilter.FiltersMax));
                foreach (var filter in watch.Filters)
                {
                    writer.Byte((byte?)filter.Database ?? AllDatabases);
                    writer.UInt16(StorageCodec.Counted(filter.Prefix.Length, WatchFilter.PrefixBytesMax));
                    writer.Bytes(filter.Prefix.Span);
                }

                break;
            case M.Changes changes:
                writer.UInt64(changes.Sequence);
                writer.UInt64((ulong)changes.Missed);
                writer.UInt16(StorageCodec.Counted(changes.Items.Count, M.Changes.ItemsMax));
                foreach (var item in changes.Items)
                {
                    StorageCodec.Write(ref writer, item.Key);
                    writer.Byte((byte)item.Kind);
                    item.Stamp.Write(ref writer);
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{message}");
        }
    }

    public static M.Watch? ReadWatch(ref ByteReader reader)
    {
        var (heard, count) = (reader.UInt64(), reader.Byte());
        if (count > WatchFilter.FiltersMax || reader.Rest.Length < count * (1 + sizeof(ushort)))
            return null;
        var filters = new WatchFilter[count];
        for (var i = 0; i < count; i++)
        {
            var (database, length) = (reader.Byte(), reader.UInt16());
            if (length > WatchFilter.PrefixBytesMax || (database != AllDatabases && database >= StorageLimits.Databases))
                return null;
            filters[i] = new WatchFilter(database == AllDatabases ? null : database, reader.Take(length).ToArray());
        }

        return new M.Watch(heard, filters);
    }

    public static M.Changes? ReadChanges(ref ByteReader reader)
    {
        var (sequence, missed, count) = (reader.UInt64(), (long)reader.UInt64(), reader.UInt16());
        if (missed < 0 || count > M.Changes.ItemsMax || reader.Rest.Length < count * ItemLengthMin)
            return null;
        var items = new KeyChange[count];
        for (var i = 0; i < count; i++)
        {
            if (StorageCodec.ReadKey(ref reader) is not { } key || (ChangeKind)reader.Byte() is var kind && !Enum.IsDefined(kind)
                || StorageCodec.ReadStamp(ref reader) is not { } stamp)
                return null;
            items[i] = new KeyChange(key, kind, stamp);
        }

        return new M.Changes(sequence, missed, items);
    }
}
