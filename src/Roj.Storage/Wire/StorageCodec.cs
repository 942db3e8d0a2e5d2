using Roj.Kernel;
using M = Roj.Storage.Wire.StorageMessage;

namespace Roj.Storage.Wire;

/// <summary>A <see cref="StorageMessage"/> as the body of a <see cref="StorageFrame"/>.</summary>
/// <remarks>
/// <code>
/// key      1 database | 2 length - 1 | name             entry, head   see EntryCodec: an entry goes to the end of the body
/// get      8 id | key                                    listed   8 id | 8 last | 2 n | ( 8 hash | key | head ) …
/// got      8 id | 1 flags (1 entry, 2 damaged) | entry   count    8 id | 1 database | 32 slots      counted  8 id | 8 number
/// put      8 id | 8 time | key | entry                   map      see SlotMapCodec
/// hint     8 id | 16 for | key | entry                   holds    term | 8 version | 32 slots
/// stored   8 id | 1 was there                            compare  term | 8 version | 2 n | ( 1 slot | 8 digest ) …
/// newer    8 id | 28 stamp | 1 was there                 parts    1 slot | 64 × 8 digest
/// unable   8 id | 1 fault                                summary  1 slot | 1 part | 2 n | ( 8 hash | head ) …
/// list     8 id | 1 database | 8 from | 2 about          want     1 slot | 1 part | 2 n | 8 hash …
/// </code>
/// bury     8 id | term | 8 version | 8 time | 1 slot | 1 drop | 2 n | ( 8 hash | 28 stamp ) …
/// buried   8 id | 8 time | 1 able | 2 n | 8 hash …
/// watch    8 heard | 1 n | ( 1 database, FF for all | 2 length | prefix ) …
/// changes  8 sequence | 8 missed | 2 n | ( key | 1 kind | 28 stamp ) …
/// A term is 8 counter | 16 leader.
/// </remarks>
internal static class StorageCodec
{
    public const int KeyLengthMax = 1 + sizeof(ushort) + StorageLimits.KeyBytesMax;

    private const int IdLength = sizeof(ulong);
    private const int MapIdLength = Term.Length + sizeof(ulong);
    private const int ItemLengthMin = sizeof(ulong) + 1 + sizeof(ushort) + 1 + Stamp.Length + 1;
    private const byte HasEntry = 1;
    private const byte IsDamaged = 2;

    private enum Kind : byte
    {
        Get = 1,
        Got = 2,
        Put = 3,
        Hint = 4,
        Stored = 5,
        Newer = 6,
        Unable = 7,
        List = 8,
        Listed = 9,
        Count = 10,
        Counted = 11,
        MapIs = 12,
        Holds = 13,
        Compare = 14,
        Parts = 15,
        Summary = 16,
        Want = 17,
        Bury = 18,
        Buried = 19,
        Watch = 20,
        Changes = 21,
    }

    public static byte KindOf(M message) => (byte)(message switch
    {
        M.Get => Kind.Get,
        M.Got => Kind.Got,
        M.Put => Kind.Put,
        M.Hint => Kind.Hint,
        M.Stored => Kind.Stored,
        M.Newer => Kind.Newer,
        M.Unable => Kind.Unable,
        M.List => Kind.List,
        M.Listed => Kind.Listed,
        M.Count => Kind.Count,
        M.Counted => Kind.Counted,
        M.MapIs => Kind.MapIs,
        M.Holds => Kind.Holds,
        M.Compare => Kind.Compare,
        M.Parts => Kind.Parts,
        M.Summary => Kind.Summary,
        M.Want => Kind.Want,
        M.Bury => Kind.Bury,
        M.Buried => Kind.Buried,
        M.Watch => Kind.Watch,
        M.Changes => Kind.Changes,
        _ => throw new ArgumentException($"no frame: {message.GetType().Name}"),
    });

    public static long LengthOf(M message) => message switch
    {
        M.Get get => IdLength + LengthOf(get.Key),
        M.Got got => IdLength + 1 + (got.Entry is { } entry ? EntryCodec.LengthOf(entry) : 0),
        M.Put put => IdLength + sizeof(ulong) + LengthOf(put.Key) + EntryCodec.LengthOf(put.Entry),
        M.Hint hint => IdLength + NodeId.Length + LengthOf(hint.Key) + EntryCodec.LengthOf(hint.Entry),
        M.Stored or M.Unable => IdLength + 1,
        M.Newer => IdLength + Stamp.Length + 1,
        M.List => IdLength + 1 + sizeof(ulong) + sizeof(ushort),
        M.Listed listed => IdLength + sizeof(ulong) + sizeof(ushort)
            + listed.Items.Sum(item => (long)sizeof(ulong) + LengthOf(item.Key) + EntryCodec.LengthOf(item.Head)),
        M.Count => IdLength + 1 + SlotSet.Length,
        M.Counted => IdLength + sizeof(long),
        M.MapIs map => SlotMapCodec.LengthOf(map.Map),
        M.Holds => MapIdLength + SlotSet.Length,
        M.Compare compare => MapIdLength + sizeof(ulong) + sizeof(ushort) + ((1 + sizeof(ulong)) * (long)compare.Totals.Count),
        M.Parts => 1 + (SlotDigest.Buckets * sizeof(ulong)),
        M.Summary summary => 2 + sizeof(ushort) + ((sizeof(ulong) + Stamp.Length + 1) * (long)summary.Heads.Count),
        M.Want want => 2 + sizeof(ushort) + (sizeof(ulong) * (long)want.Hashes.Count),
        M.Bury or M.Buried => BurialCodec.LengthOf(message),
        M.Watch or M.Changes => WatchCodec.LengthOf(message),
        _ => 0,
    };

    /// <exception cref="ArgumentException">There are more of something than there may be.</exception>
    public static void Write(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.MapIs(var map):
                SlotMapCodec.Write(ref writer, map);
                break;
            case M.Holds holds:
                Write(ref writer, holds.Term, holds.Version);
                holds.Slots.Write(ref writer);
                break;
            case M.Compare compare:
                Write(ref writer, compare.Term, compare.Version);
                writer.UInt64(compare.Time);
                writer.UInt16(Counted(compare.Totals.Count, SlotMap.Slots));
                foreach (var (slot, total) in compare.Totals)
                {
                    writer.Byte(slot);
                    writer.UInt64(total);
                }

                break;
            case M.Parts(var slot, var digests):
                writer.Byte(slot);
                Check.That(digests.Count == SlotDigest.Buckets);
                foreach (var digest in digests)
                    writer.UInt64(digest);
                break;
            case M.Summary(var slot, var bucket, var heads):
                writer.Byte(slot);
                writer.Byte(bucket);
                writer.UInt16(Counted(heads.Count, M.Summary.HeadsMax));
                foreach (var (hash, stamp, isTombstone) in heads)
                {
                    writer.UInt64(hash);
                    EntryCodec.Write(ref writer, new EntryHead(stamp, isTombstone, null));
                }

                break;
            case M.Want(var slot, var bucket, var hashes):
                writer.Byte(slot);
                writer.Byte(bucket);
                writer.UInt16(Counted(hashes.Count, M.Summary.HeadsMax));
                foreach (var hash in hashes)
                    writer.UInt64(hash);
                break;
            case M.Bury or M.Buried:
                BurialCodec.Write(ref writer, message);
                break;
            default:
                WriteOfCall(ref writer, message);
                break;
        }
    }

    /// <summary>Reads a whole body; null if it makes no sense.</summary>
    public static M? Read(byte kind, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var message = (Kind)kind switch
        {
            Kind.MapIs => SlotMapCodec.Read(ref reader) is { } map ? (M)new M.MapIs(map) : null,
            Kind.Holds => ReadTerm(ref reader) is var (term, version) ? new M.Holds(term, version, SlotSet.Read(ref reader)) : null,
            Kind.Compare => ReadCompare(ref reader),
            Kind.Parts => ReadParts(ref reader),
            Kind.Summary => ReadSummary(ref reader),
            Kind.Want => ReadWant(ref reader),
            Kind.Bury => BurialCodec.ReadBury(ref reader),
            Kind.Buried => BurialCodec.ReadBuried(ref reader),
            Kind.Watch => WatchCodec.ReadWatch(ref reader),
            Kind.Changes => WatchCodec.ReadChanges(ref reader),
            _ => ReadOfCall((Kind)kind, ref reader),
        };
        return reader.Failed || !reader.Rest.IsEmpty ? null : message;
    }

    private static void WriteOfCall(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.Get(var id, var key):
                writer.UInt64(id);
                Write(ref writer, key);
                break;
            case M.Got got:
                writer.UInt64(got.Id);
                writer.Byte((byte)((got.Entry is null ? 0 : HasEntry) | (got.IsDamaged ? IsDamaged : 0)));
                if (got.Entry is { } found)
                    EntryCodec.Write(ref writer, found);
                break;
            case M.Put(var id, var key, var entry, var time):
                writer.UInt64(id);
                writer.UInt64(time);
                Write(ref writer, key);
                EntryCodec.Write(ref writer, entry);
                break;
            case M.Hint(var id, var target, var key, var entry):
                writer.UInt64(id);
                writer.UInt128(target.Value);
                Write(ref writer, key);
                EntryCodec.Write(ref writer, entry);
                break;
            case M.Stored(var id, var wasThere):
                writer.UInt64(id);
                Write(ref writer, wasThere);
                break;
            case M.Newer(var id, var stamp, var wasThere):
                writer.UInt64(id);
                stamp.Write(ref writer);
                Write(ref writer, wasThere);
                break;
            case M.Unable(var id, var fault):
                writer.UInt64(id);
                writer.Byte((byte)fault);
                break;
            default:
                WriteOfDatabase(ref writer, message);
                break;
        }
    }

    private static void WriteOfDatabase(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.List(var id, var database, var from, var about):
                writer.UInt64(id);
                writer.Byte((byte)database);
                writer.UInt64(from);
                writer.UInt16(Counted(about, M.List.ListMax));
                break;
            case M.Listed(var id, var last, var items):
                writer.UInt64(id);
                writer.UInt64(last);
                writer.UInt16(Counted(items.Count, M.Listed.ItemsMax));
                foreach (var item in items)
                {
                    writer.UInt64(item.Hash);
                    Write(ref writer, item.Key);
                    EntryCodec.Write(ref writer, item.Head);
                }

                break;
            case M.Count(var id, var database, var slots):
                writer.UInt64(id);
                writer.Byte((byte)database);
                slots.Write(ref writer);
                break;
            case M.Counted(var id, var number):
                writer.UInt64(id);
                writer.UInt64((ulong)number);
                break;
            default:
                WatchCodec.Write(ref writer, message);
                break;
        }
    }

    private static M? ReadOfCall(Kind kind, ref ByteReader reader)
    {
        var id = reader.UInt64();
        switch (kind)
        {
            case Kind.Get:
                return ReadKey(ref reader) is { } asked ? new M.Get(id, asked) : null;
            case Kind.Got:
                var flags = reader.Byte();
                var entry = (flags & HasEntry) != 0 ? ReadEntry(ref reader) : null;
                var isSound = flags <= (HasEntry | IsDamaged) && ((flags & HasEntry) == 0) == (entry is null);
                return isSound ? new M.Got(id, entry, (flags & IsDamaged) != 0) : null;
            case Kind.Put:
                var time = reader.UInt64();
                return time < HybridClock.TimeMax && ReadKey(ref reader) is { } put && ReadEntry(ref reader) is { } version
                    ? new M.Put(id, put, version, time) : null;
            case Kind.Hint:
                var target = new NodeId(reader.UInt128());
                return ReadKey(ref reader) is { } hinted && ReadEntry(ref reader) is { } kept ? new M.Hint(id, target, hinted, kept) : null;
            case Kind.Stored:
                return ReadFlag(ref reader) is { } wasThere ? new M.Stored(id, wasThere) : null;
            case Kind.Newer:
                return ReadStamp(ref reader) is { } stamp && ReadFlag(ref reader) is { } isThere ? new M.Newer(id, stamp, isThere) : null;
            case Kind.Unable:
                var fault = (StorageFault)reader.Byte();
                return Enum.IsDefined(fault) ? new M.Unable(id, fault) : null;
            case Kind.List:
                var (database, from, about) = (ReadDatabase(ref reader), reader.UInt64(), reader.UInt16());
                return database is { } listed && about <= M.List.ListMax ? new M.List(id, listed, from, about) : null;
            case Kind.Listed:
                return ReadListed(id, ref reader);
            case Kind.Count:
                return ReadDatabase(ref reader) is { } counted ? new M.Count(id, counted, SlotSet.Read(ref reader)) : null;
            case Kind.Counted:
                return new M.Counted(id, (long)reader.UInt64());
            default:
                return null;
        }
    }

    private static M.Listed? ReadListed(ulong id, ref ByteReader reader)
    {
        var (last, count) = (reader.UInt64(), reader.UInt16());
        if (count > M.Listed.ItemsMax || reader.Rest.Length < count * ItemLengthMin)
            return null;
        var items = new ShelfItem[count];
        for (var i = 0; i < count; i++)
        {
            var hash = reader.UInt64();
            if (ReadKey(ref reader) is not { } key || EntryCodec.ReadHead(ref reader) is not { } head)
                return null;
            items[i] = new ShelfItem(hash, key, head);
        }

        return new M.Listed(id, last, items);
    }

    private static M.Compare? ReadCompare(ref ByteReader reader)
    {
        if (ReadTerm(ref reader) is not var (term, version))
            return null;
        var time = reader.UInt64();
        var count = reader.UInt16();
        if (time >= HybridClock.TimeMax || count > SlotMap.Slots || reader.Rest.Length < count * (1 + sizeof(ulong)))
            return null;
        var totals = new (byte, ulong)[count];
        for (var i = 0; i < count; i++)
            totals[i] = (reader.Byte(), reader.UInt64());
        return new M.Compare(term, version, time, totals);
    }

    private static M.Parts? ReadParts(ref ByteReader reader)
    {
        var slot = reader.Byte();
        return ReadHashes(ref reader, SlotDigest.Buckets) is { } digests ? new M.Parts(slot, digests) : null;
    }

    private static M.Summary? ReadSummary(ref ByteReader reader)
    {
        var (slot, bucket, count) = (reader.Byte(), reader.Byte(), reader.UInt16());
        if (bucket >= SlotDigest.Buckets || count > M.Summary.HeadsMax || reader.Rest.Length < count * (sizeof(ulong) + Stamp.Length + 1))
            return null;
        var heads = new (ulong, Stamp, bool)[count];
        for (var i = 0; i < count; i++)
        {
            var hash = reader.UInt64();
            if (EntryCodec.ReadHead(ref reader) is not { ExpiresAt: null } head)
                return null;
            heads[i] = (hash, head.Stamp, head.IsTombstone);
        }

        return new M.Summary(slot, bucket, heads);
    }

    private static M.Want? ReadWant(ref ByteReader reader)
    {
        var (slot, bucket, count) = (reader.Byte(), reader.Byte(), reader.UInt16());
        return bucket < SlotDigest.Buckets && count <= M.Summary.HeadsMax && ReadHashes(ref reader, count) is { } hashes
            ? new M.Want(slot, bucket, hashes) : null;
    }

    internal static ulong[]? ReadHashes(ref ByteReader reader, int count)
    {
        if (reader.Rest.Length != count * sizeof(ulong))
            return null;
        var hashes = new ulong[count];
        foreach (ref var hash in hashes.AsSpan())
            hash = reader.UInt64();
        return hashes;
    }

    internal static long LengthOf(StorageKey key) => 1 + sizeof(ushort) + key.Name.Length;

    internal static void Write(ref ByteWriter writer, StorageKey key)
    {
        writer.Byte((byte)key.Database);
        writer.UInt16((ushort)(key.Name.Length - 1)); // 1 to 65,536
        writer.Bytes(key.Name.Span);
    }

    internal static StorageKey? ReadKey(ref ByteReader reader)
    {
        var database = ReadDatabase(ref reader);
        var name = reader.Take(reader.UInt16() + 1);
        return database is null || reader.Failed ? null : new StorageKey(database.Value, name.ToArray());
    }

    private static int? ReadDatabase(ref ByteReader reader) =>
        reader.Byte() is var database and < StorageLimits.Databases ? database : null;

    private static Entry? ReadEntry(ref ByteReader reader) => EntryCodec.Read(reader.Take(reader.Rest.Length).ToArray());

    internal static Stamp? ReadStamp(ref ByteReader reader) =>
        Stamp.Read(ref reader) is { Time: < HybridClock.TimeMax } stamp ? stamp : null;

    internal static void Write(ref ByteWriter writer, bool flag) => writer.Byte((byte)(flag ? 1 : 0));

    internal static bool? ReadFlag(ref ByteReader reader) => reader.Byte() is var flag and <= 1 ? flag == 1 : null;

    internal static void Write(ref ByteWriter writer, Term term, ulong version)
    {
        writer.UInt64(term.Counter);
        writer.UInt128(term.Leader.Value);
        writer.UInt64(version);
    }

    internal static (Term, ulong)? ReadTerm(ref ByteReader reader)
    {
        var term = new Term(reader.UInt64(), new NodeId(reader.UInt128()));
        return term.Counter <= Term.CounterMax ? (term, reader.UInt64()) : null;
    }

    internal static ushort Counted(int count, int max) => count >= 0 && count <= max ? (ushort)count
        : throw new ArgumentException($"{count} are more than {max}");
}
