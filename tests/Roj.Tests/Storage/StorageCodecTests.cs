using System.Buffers.Binary;
using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage;

public sealed class StorageCodecTests
{
    private const string StampText = "0102030405060708" + "0000000000000000000000000000000A" + "00000003";
    private const string TermText = "0000000000000009" + "0000000000000000000000000000000B";

    private static readonly Stamp stamp = new(0x0102030405060708, new NodeId(10), 3);
    private static readonly Term term = new(9, new NodeId(11));
    private static readonly StorageKey key = StoreLab.Key("ab", 2);
    private static readonly Entry entry = new(stamp, "xyz"u8.ToArray(), 5);

    internal static StorageMessage[] Messages { get; } =
    [
        new StorageMessage.Get(1, key),
        new StorageMessage.Got(2, entry),
        new StorageMessage.Got(2, null, IsDamaged: true),
        new StorageMessage.Put(3, key, entry with { ExpiresAt = null }, 17),
        new StorageMessage.Hint(4, new NodeId(12), key, new Entry(stamp, null)),
        new StorageMessage.Stored(5, true),
        new StorageMessage.Newer(6, stamp, false),
        new StorageMessage.Unable(7, StorageFault.Full),
        new StorageMessage.List(8, 15, 0x1112131415161718, 1000),
        new StorageMessage.Listed(
            9, ulong.MaxValue, [new ShelfItem(7, key, entry.Head), new ShelfItem(8, key, new EntryHead(stamp, true, null))]),
        new StorageMessage.Count(10, 3, default(SlotSet).With(0).With(255)),
        new StorageMessage.Counted(11, -1),
        new StorageMessage.MapIs(SlotPlan.Next(
            null, term, [new NodeId(1), new NodeId(2), new NodeId(3)], 2, _ => null,
            [new(new NodeId(4), 5, true), new(new NodeId(6), 0, false)])),
        new StorageMessage.Holds(term, 12, default(SlotSet).With(1)),
        new StorageMessage.Compare(term, 13, 14, [(1, 2), (255, ulong.MaxValue)]),
        new StorageMessage.Parts(14, [.. Enumerable.Range(0, SlotDigest.Buckets).Select(i => (ulong)i)]),
        new StorageMessage.Summary(15, 63, [(1, stamp, false), (2, stamp, true)]),
        new StorageMessage.Want(16, 63, [1, 2]),
        new StorageMessage.Bury(17, term, 13, 14, 15, true, [(1, stamp), (2, stamp)]),
        new StorageMessage.Buried(18, 14, true, [1, 2]),
        new StorageMessage.Watch(19, [new(null, "ab"u8.ToArray()), new(15, default)]),
        new StorageMessage.Changes(20, 21, [new(key, ChangeKind.Set, stamp), new(key, ChangeKind.Expired, stamp)]),
    ];

    [Theory]
    [InlineData(0, "01" + "0000000000000001" + "02" + "0001" + "6162")]
    [InlineData(1, "02" + "0000000000000002" + "01" + StampText + "02" + "0000000000000005" + "78797A")]
    [InlineData(2, "02" + "0000000000000002" + "02")]
    [InlineData(3, "03" + "0000000000000003" + "0000000000000011" + "02" + "0001" + "6162" + StampText + "00" + "78797A")]
    [InlineData(4, "04" + "0000000000000004" + "0000000000000000000000000000000C" + "02" + "0001" + "6162" + StampText + "01")]
    [InlineData(5, "05" + "0000000000000005" + "01")]
    [InlineData(6, "06" + "0000000000000006" + StampText + "00")]
    [InlineData(7, "07" + "0000000000000007" + "06")]
    [InlineData(8, "08" + "0000000000000008" + "0F" + "1112131415161718" + "03E8")]
    [InlineData(11, "0B" + "000000000000000B" + "FFFFFFFFFFFFFFFF")]
    [InlineData(13, "0D" + TermText + "000000000000000C" + "00000000000000000000000000000002" + "00000000000000000000000000000000")]
    [InlineData(
        14, "0E" + TermText + "000000000000000D" + "000000000000000E" + "0002" + "01" + "0000000000000002" + "FF" + "FFFFFFFFFFFFFFFF")]
    [InlineData(
        18, "12" + "0000000000000011" + TermText + "000000000000000D" + "000000000000000E" + "0F" + "01" + "0002" + "0000000000000001"
            + StampText + "0000000000000002" + StampText)]
    [InlineData(
        19, "13" + "0000000000000012" + "000000000000000E" + "01" + "0002" + "0000000000000001" + "0000000000000002")]
    [InlineData(20, "14" + "0000000000000013" + "02" + "FF" + "0002" + "6162" + "0F" + "0000")]
    [InlineData(
        21, "15" + "0000000000000014" + "0000000000000015" + "0002" + "02" + "0001" + "6162" + "00" + StampText
            + "02" + "0001" + "6162" + "02" + StampText)]
    [InlineData(17, "11" + "10" + "3F" + "0002" + "0000000000000001" + "0000000000000002")]
    public void These_are_the_bytes(int sample, string rest)
    {
        var bytes = StorageFrame.Write(Messages[sample]);
        Assert.Equal(((rest.Length / 2) + 1).ToString("X8", null) + "01" + rest, Convert.ToHexString(bytes));
    }

    [Fact]
    public void Every_message_reads_as_it_was_written_wherever_it_is_cut()
    {
        foreach (var message in Messages)
        {
            var bytes = StorageFrame.Write(message);
            for (var length = 0; length < bytes.Length; length++)
                Assert.Equal(ReadStatus.NeedMore, StorageFrame.TryRead(bytes.AsSpan(0, length), out _, out _));
            Assert.Equal(ReadStatus.Done, StorageFrame.TryRead([.. bytes, 1, 2, 3], out var read, out var consumed));
            Assert.Equal((bytes.Length, message.GetType()), (consumed, read!.GetType()));
            Assert.Equal(bytes, StorageFrame.Write(read));
        }

        Assert.Equal(21, Messages.Select(message => message.GetType()).Distinct().Count());
    }

    [Fact]
    public void A_frame_that_ends_too_early_or_has_a_byte_too_many_is_malformed()
    {
        foreach (var message in Messages)
        {
            var bytes = StorageFrame.Write(message);
            var isOpen = message is StorageMessage.Put or StorageMessage.Got { Entry: not null }; // what it holds goes to the end
            var least = isOpen ? bytes.Length - 3 : bytes.Length;
            for (var length = 6; length < bytes.Length; length++)
                Assert.Equal(length < least ? ReadStatus.Malformed : ReadStatus.Done, ReadAs(bytes[..length]));
            Assert.Equal(isOpen ? ReadStatus.Done : ReadStatus.Malformed, ReadAs([.. bytes, 0]));
        }
    }

    [Theory]
    [InlineData(0, 4, 0)] // versions that nobody speaks
    [InlineData(0, 4, 2)]
    [InlineData(0, 5, 0)] // kinds that don't exist
    [InlineData(0, 5, 32)]
    [InlineData(0, 14, 16)] // a database that there is not
    [InlineData(0, 16, 2)] // a key that is longer than the frame
    [InlineData(1, 14, 0)] // no entry, and bytes of one
    [InlineData(1, 14, 5)] // flags that nobody knows
    [InlineData(1, 15, 0x80)] // a stamp that would end all counting
    [InlineData(1, 43, 4)] // flags of an entry that nobody knows
    [InlineData(1, 43, 3)] // a tombstone that expires
    [InlineData(4, 63, 3)]
    [InlineData(5, 14, 2)] // neither yes nor no
    [InlineData(6, 14, 0x80)]
    [InlineData(7, 14, 11)] // a fault that there is not
    [InlineData(8, 14, 16)]
    [InlineData(8, 24, 0xE9)] // one more than may be listed
    [InlineData(9, 23, 3)] // more than there are
    [InlineData(9, 23, 1)]
    [InlineData(10, 14, 16)]
    [InlineData(13, 6, 0x80)] // a term that would end all counting
    [InlineData(14, 6, 0x80)]
    [InlineData(14, 38, 0x80)] // a time that would end all counting
    [InlineData(14, 47, 3)]
    [InlineData(16, 7, 64)] // a part that there is not
    [InlineData(16, 9, 3)]
    [InlineData(17, 7, 64)]
    [InlineData(17, 9, 1)]
    [InlineData(3, 14, 0x80)] // a time that would end all counting
    [InlineData(18, 14, 0x80)]
    [InlineData(18, 46, 0x80)]
    [InlineData(18, 55, 2)]
    [InlineData(18, 57, 3)]
    [InlineData(19, 14, 0x80)]
    [InlineData(19, 22, 2)]
    [InlineData(19, 24, 3)]
    [InlineData(20, 14, 17)] // one filter more than there may be
    [InlineData(20, 15, 16)]
    [InlineData(20, 16, 5)]
    [InlineData(21, 14, 0x80)]
    [InlineData(21, 22, 5)]
    [InlineData(21, 29, 3)] // a change that there is not
    public void One_wrong_byte_is_malformed(int sample, int index, byte value)
    {
        var bytes = StorageFrame.Write(Messages[sample]);
        Assert.NotEqual(value, bytes[index]);
        bytes[index] = value;
        Assert.Equal(ReadStatus.Malformed, StorageFrame.TryRead(bytes, out var message, out _));
        Assert.Null(message);
    }

    [Theory]
    [InlineData(0, ReadStatus.Malformed)]
    [InlineData(1, ReadStatus.Malformed)]
    [InlineData(2, ReadStatus.NeedMore)]
    [InlineData(StorageFrame.LengthMax - 4, ReadStatus.NeedMore)]
    [InlineData(StorageFrame.LengthMax - 3, ReadStatus.Malformed)]
    [InlineData(-1, ReadStatus.Malformed)]
    public void A_length_that_can_not_be_is_malformed_before_anything_is_awaited(int length, ReadStatus expected)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        Assert.Equal(expected, StorageFrame.TryRead(bytes, out _, out _));
        Assert.Equal(ReadStatus.Malformed, StorageFrame.TryRead([.. bytes, 2], out _, out _)); // a version that nobody speaks
    }

    [Fact]
    public void The_longest_hint_makes_the_longest_frame()
    {
        var longest = new StorageKey(15, new byte[StorageLimits.KeyBytesMax]);
        var most = new Entry(stamp, new byte[StorageLimits.ValueBytesMax], 1);
        var bytes = StorageFrame.Write(new StorageMessage.Hint(1, new NodeId(1), longest, most));
        Assert.Equal(StorageFrame.LengthMax, bytes.Length);
        Assert.Equal(ReadStatus.Done, StorageFrame.TryRead(bytes, out var read, out _));
        var hint = Assert.IsType<StorageMessage.Hint>(read);
        Assert.Equal(longest, hint.Key);
        Assert.Equal(StorageLimits.ValueBytesMax, hint.Entry.Data!.Value.Length);
        var more = most with { Data = new byte[StorageLimits.ValueBytesMax + 1] };
        Assert.Throws<ArgumentException>(() => StorageFrame.Write(new StorageMessage.Hint(1, new NodeId(1), longest, more)));
        var put = StorageFrame.Write(new StorageMessage.Put(1, key, most, 1));
        Assert.Equal(ReadStatus.Done, ReadAs(put));
        Assert.Equal(ReadStatus.Malformed, ReadAs([.. put, 0])); // one byte more than a value may have
    }

    [Fact]
    public void As_many_of_each_as_there_may_be_are_written_and_read_and_no_more()
    {
        (StorageMessage Most, StorageMessage More)[] all =
        [
            (Listed(StorageMessage.Listed.ItemsMax), Listed(StorageMessage.Listed.ItemsMax + 1)),
            (Summary(StorageMessage.Summary.HeadsMax), Summary(StorageMessage.Summary.HeadsMax + 1)),
            (Want(StorageMessage.Summary.HeadsMax), Want(StorageMessage.Summary.HeadsMax + 1)),
            (Compare(SlotMap.Slots), Compare(SlotMap.Slots + 1)),
            (Bury(StorageMessage.Bury.ItemsMax), Bury(StorageMessage.Bury.ItemsMax + 1)),
            (Watch(WatchFilter.FiltersMax), Watch(WatchFilter.FiltersMax + 1)),
            (new StorageMessage.Watch(1, [new(null, new byte[WatchFilter.PrefixBytesMax])]),
                new StorageMessage.Watch(1, [new(null, new byte[WatchFilter.PrefixBytesMax + 1])])),
            (Changes(StorageMessage.Changes.ItemsMax), Changes(StorageMessage.Changes.ItemsMax + 1)),
            (Buried(StorageMessage.Bury.ItemsMax), Buried(StorageMessage.Bury.ItemsMax + 1)),
            (new StorageMessage.List(1, 0, 0, StorageMessage.List.ListMax),
                new StorageMessage.List(1, 0, 0, StorageMessage.List.ListMax + 1)),
        ];
        foreach (var (most, more) in all)
        {
            var bytes = StorageFrame.Write(most);
            Assert.Equal(ReadStatus.Done, StorageFrame.TryRead(bytes, out _, out _));
            Assert.Throws<ArgumentException>(() => StorageFrame.Write(more));
        }

        // One more in the frame than it may have.
        var wanted = StorageFrame.Write(Want(StorageMessage.Summary.HeadsMax));
        BinaryPrimitives.WriteUInt16BigEndian(wanted.AsSpan(8), StorageMessage.Summary.HeadsMax + 1);
        Assert.Equal(ReadStatus.Malformed, ReadAs([.. wanted, .. new byte[8]]));

        static StorageMessage Listed(int count) => new StorageMessage.Listed(
            1, 2, [.. Enumerable.Range(0, count).Select(i => new ShelfItem((ulong)i, key, entry.Head))]);

        static StorageMessage Summary(int count) =>
            new StorageMessage.Summary(1, 2, [.. Enumerable.Range(0, count).Select(i => ((ulong)i, stamp, false))]);

        static StorageMessage Want(int count) => new StorageMessage.Want(1, 2, [.. Enumerable.Range(0, count).Select(i => (ulong)i)]);

        static StorageMessage Bury(int count) =>
            new StorageMessage.Bury(1, term, 2, 3, 4, false, [.. Enumerable.Range(0, count).Select(i => ((ulong)i, stamp))]);

        static StorageMessage Watch(int count) =>
            new StorageMessage.Watch(1, [.. Enumerable.Repeat(new WatchFilter(null, new byte[WatchFilter.PrefixBytesMax]), count)]);

        static StorageMessage Changes(int count) =>
            new StorageMessage.Changes(1, 2, [.. Enumerable.Repeat(new KeyChange(key, ChangeKind.Deleted, stamp), count)]);

        static StorageMessage Buried(int count) =>
            new StorageMessage.Buried(1, 2, true, [.. Enumerable.Range(0, count).Select(i => (ulong)i)]);

        static StorageMessage Compare(int count) =>
            new StorageMessage.Compare(term, 1, 2, [.. Enumerable.Range(0, count).Select(i => ((byte)i, (ulong)i))]);
    }

    [Fact]
    public void A_map_of_as_many_nodes_as_there_may_be_fits()
    {
        var map = SlotPlan.Next(null, term, Enumerable.Range(1, SlotMap.NodesMax + 1).Select(StoreLab.Id), SlotMap.CopiesMax, _ => null);
        Assert.Equal(SlotMap.NodesMax, map.Nodes.Count);
        map = map.With(Enumerable.Range(1, SlotMap.OutcastsMax + 1).Select(i => new Outcast(StoreLab.Id(i), 1, true)));
        Assert.Equal(SlotMap.OutcastsMax, map.Outcasts.Count);
        Assert.Equal(ReadStatus.Done, StorageFrame.TryRead(StorageFrame.Write(new StorageMessage.MapIs(map)), out _, out _));
    }

    /// <summary>Keys may be so long that a thousand of them are no frame any more: then fewer are told at a time.</summary>
    [Theory]
    [InlineData(100, StorageLimits.KeyBytesMax, 17)]
    [InlineData(2000, 1, StorageMessage.List.ListMax)]
    [InlineData(10, 1, 10)]
    public void Long_keys_are_listed_a_few_at_a_time(int keys, int length, int expected)
    {
        ShelfItem[] items =
        [
            .. Enumerable.Range(0, keys).Select(i => new ShelfItem((ulong)(10 + i), new StorageKey(0, new byte[length]), entry.Head)),
        ];
        var listed = StorageMessage.Listed.Of(1, 0, new ShelfWalk(items, [], 5000));
        Assert.Equal(expected, listed.Items.Count);
        Assert.Equal(expected == keys ? 5000 : 10 + (ulong)expected - 1, listed.Last);
        Assert.Equal(ReadStatus.Done, StorageFrame.TryRead(StorageFrame.Write(listed), out _, out _));
        Assert.Empty(StorageMessage.Listed.Of(1, 1, new ShelfWalk(items, [], 5000)).Items);
    }

    // The length says what there is.
    private static ReadStatus ReadAs(byte[] bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        return StorageFrame.TryRead(bytes, out _, out _);
    }
}
