using Roj.Simulation.Disk;
using Xunit;

namespace Roj.Simulation.Tests;

public sealed class DiskTests
{
    private const int Seeds = 300;

    [Fact]
    public void What_was_written_is_read_and_holes_are_zero()
    {
        var disk = NewDisk(1);
        Assert.Equal(DiskResult.NotFound, disk.Write("f", 0, [1], out _));
        Assert.Equal(DiskResult.Done, disk.Create("f"));
        Assert.Equal(DiskResult.Exists, disk.Create("f"));
        Assert.Equal(DiskResult.Done, disk.Write("f", 3, [1, 2, 3], out var written));
        Assert.Equal(3, written);
        Assert.Equal([0, 0, 0, 1, 2, 3], Read(disk, "f"));
        Assert.Equal(DiskResult.Done, disk.SetLength("f", 4));
        Assert.Equal(DiskResult.Done, disk.SetLength("f", 6));
        Assert.Equal([0, 0, 0, 1, 0, 0], Read(disk, "f"));
        Assert.Equal(6, disk.Used);
        Assert.Equal(DiskResult.Done, disk.Delete("f"));
        Assert.Empty(disk.List());
        Assert.Equal(0, disk.Used);
    }

    [Fact]
    public void Synced_bytes_always_survive_and_unsynced_ones_may_not()
    {
        var (kept, lost) = (0, 0);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var disk = WithFile(seed, [1, 1, 1, 1]);
            disk.Write("f", 4, [2, 2], out _);
            disk.Write("f", 6, [3, 3], out _);
            disk.PowerCut();
            var left = Read(disk, "f");
            Assert.Equal([1, 1, 1, 1], left[..4]);
            kept += left.AsSpan(4).SequenceEqual<byte>([2, 2, 3, 3]) ? 1 : 0;
            lost += left.Length == 4 ? 1 : 0;
        }

        Assert.InRange(kept, Seeds / 5, Seeds * 4 / 5);
        Assert.InRange(lost, Seeds / 5, Seeds * 4 / 5);
    }

    [Fact]
    public void A_later_write_can_survive_an_earlier_one()
    {
        Assert.Contains(Enumerable.Range(1, Seeds), seed =>
        {
            var disk = WithFile((ulong)seed, [1]);
            disk.Write("f", 1, [2], out _);
            disk.Write("f", 2, [3], out _);
            disk.PowerCut();
            return Read(disk, "f") is [1, 0, 3];
        });
    }

    [Fact]
    public void A_write_tears_only_at_a_sector_boundary()
    {
        var torn = 0;
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var disk = WithFile(seed, new byte[4096]);
            var data = new byte[3000];
            Array.Fill(data, (byte)9);
            disk.Write("f", 100, data, out _);
            disk.Write("f", 4000, [1], out _);
            disk.PowerCut();
            var left = Read(disk, "f");
            var first = left.AsSpan(0, 3500).IndexOf((byte)9);
            if (first < 0)
                continue;
            var last = left.AsSpan(0, 3500).LastIndexOf((byte)9);
            Assert.Equal(-1, left.AsSpan(first, last - first).IndexOf((byte)0));
            Assert.True(first == 100 || first % 512 == 0, $"{first}");
            Assert.True(last == 3099 || last % 512 == 511, $"{last}");
            torn += first != 100 || last != 3099 ? 1 : 0;
        }

        Assert.InRange(torn, Seeds / 20, Seeds / 2);
    }

    [Fact]
    public void A_new_name_is_durable_only_after_its_directory_is_synced()
    {
        var lost = 0;
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var disk = NewDisk(seed);
            disk.Create("d/synced");
            disk.SyncDirectory("d");
            disk.Create("d/unsynced");
            disk.Write("d/unsynced", 0, [1], out _);
            disk.Sync("d/unsynced");
            disk.PowerCut();
            Assert.True(disk.Exists("d/synced"));
            lost += disk.Exists("d/unsynced") ? 0 : 1;
        }

        Assert.InRange(lost, Seeds / 5, Seeds * 4 / 5);
    }

    [Fact]
    public void A_rename_replaces_atomically_and_may_be_lost_until_its_directory_is_synced()
    {
        var (old, renamed) = (0, 0);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var disk = WithFile(seed, [1]);
            disk.Create("new");
            disk.Write("new", 0, [2], out _);
            disk.Sync("new");
            disk.SyncDirectory();
            Assert.Equal(DiskResult.Done, disk.Rename("new", "f"));
            Assert.Equal([2], Read(disk, "f"));
            Assert.Equal(1, disk.Used);
            disk.PowerCut();
            if (disk.Exists("new"))
            {
                old++;
                Assert.Equal([1], Read(disk, "f"));
            }
            else
            {
                renamed++;
                Assert.Equal([2], Read(disk, "f"));
            }
        }

        Assert.InRange(old, Seeds / 5, Seeds * 4 / 5);
        Assert.Equal(Seeds, old + renamed);

        var synced = WithFile(1, [1]);
        synced.Rename("f", "g");
        synced.SyncDirectory();
        synced.PowerCut();
        Assert.Equal(["g"], synced.List());
        Assert.Equal([1], Read(synced, "g"));
    }

    [Fact]
    public void A_full_disk_writes_what_fits_and_takes_more_after_a_deletion()
    {
        var disk = WithFile(1, [1, 2, 3]);
        disk.Capacity = 5;
        Assert.Equal(DiskResult.NoSpace, disk.Write("f", 3, [4, 5, 6], out var written));
        Assert.Equal(2, written);
        Assert.Equal([1, 2, 3, 4, 5], Read(disk, "f"));
        Assert.Equal(DiskResult.Done, disk.Write("f", 0, [9], out _));
        Assert.Equal(DiskResult.NoSpace, disk.SetLength("f", 6));
        disk.Create("g");
        Assert.Equal(DiskResult.NoSpace, disk.Write("g", 0, [1], out written));
        Assert.Equal(0, written);
        disk.Delete("f");
        Assert.Equal(DiskResult.Done, disk.Write("g", 0, [1], out _));
    }

    [Fact]
    public void Faults_have_the_rates_they_were_given()
    {
        var disk = WithFile(1, new byte[100]);
        disk.Faults = new DiskFaults { ReadErrorPpm = 100_000, WriteErrorPpm = 50_000, SyncErrorPpm = 200_000 };
        var (reads, writes, syncs) = (0, 0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            reads += disk.Read("f", 0, new byte[1], out _) == DiskResult.IoError ? 1 : 0;
            writes += disk.Write("f", 0, [1], out _) == DiskResult.IoError ? 1 : 0;
            syncs += disk.Sync("f") == DiskResult.IoError ? 1 : 0;
        }

        Assert.InRange(reads, 900, 1100);
        Assert.InRange(writes, 400, 600);
        Assert.InRange(syncs, 1850, 2150);
    }

    [Fact]
    public void After_a_failed_sync_the_next_one_succeeds_and_the_data_is_lost_all_the_same()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var disk = WithFile(seed, [1]);
            disk.Write("f", 0, [2], out _);
            disk.Faults = new DiskFaults { SyncErrorPpm = 1_000_000 };
            Assert.Equal(DiskResult.IoError, disk.Sync("f"));
            disk.Faults = DiskFaults.None;
            Assert.Equal(DiskResult.Done, disk.Sync("f"));
            Assert.Equal([2], Read(disk, "f"));
            disk.PowerCut();
            Assert.Equal([1], Read(disk, "f"));
        }
    }

    [Fact]
    public void Damage_from_outside_is_seen_and_durable()
    {
        var disk = WithFile(1, new byte[64]);
        Assert.True(disk.FlipBit("f"));
        disk.PowerCut();
        Assert.Equal(1, Read(disk, "f").Sum(b => System.Numerics.BitOperations.PopCount(b)));
        Assert.True(disk.TruncateBehind("f", 10));
        Assert.Equal(10, disk.LengthOf("f"));
        Assert.Equal(10, disk.Used);
        disk.Faults = new DiskFaults { BitFlipPpm = 1_000_000 };
        disk.Write("f", 0, new byte[10], out _);
        Assert.Equal(1, Read(disk, "f").Sum(b => System.Numerics.BitOperations.PopCount(b)));
    }

    [Fact]
    public void An_old_image_comes_back_whole_and_a_wiped_disk_is_empty()
    {
        var disk = WithFile(1, [1]);
        disk.Write("f", 0, [7], out _);
        var image = disk.Snapshot();
        disk.Sync("f");
        disk.Create("g");
        Assert.Equal([7], Read(disk, "f"));
        disk.Restore(image);
        Assert.Equal(["f"], disk.List());
        Assert.Equal([1], Read(disk, "f"));
        disk.Wipe();
        disk.PowerCut();
        Assert.Empty(disk.List());
        Assert.Equal(0, disk.Used);
    }

    private static SimDisk NewDisk(ulong seed) => new Probe(new World(seed), "n", 1).Disk;

    private static SimDisk WithFile(ulong seed, byte[] bytes)
    {
        var disk = NewDisk(seed);
        disk.Create("f");
        disk.Write("f", 0, bytes, out _);
        disk.Sync("f");
        disk.SyncDirectory();
        return disk;
    }

    private static byte[] Read(SimDisk disk, string name)
    {
        var bytes = new byte[disk.LengthOf(name)!.Value];
        Assert.Equal(DiskResult.Done, disk.Read(name, 0, bytes, out var read));
        Assert.Equal(bytes.Length, read);
        return bytes;
    }
}
