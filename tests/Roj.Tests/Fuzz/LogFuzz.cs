using System.Buffers.Binary;
using Roj.Kernel;
using Roj.Log;
using Roj.Log.Format;
using Roj.Tests.Log;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>Files of the log, damaged: it never throws, and what it gives is what was written.</summary>
public sealed class LogFuzz
{
    private const string First = "0000000001.segment";
    private const string Hint = "0000000001.hint";

    [Fact]
    public void Newest_segment() => Damage(First, sealedFirst: false);

    [Fact]
    public void Sealed_segment() => Damage(First, sealedFirst: true);

    [Fact]
    public void Hint_file() => Damage(Hint, sealedFirst: true);

    /// <summary>Whoever can write checksums can write what he likes: but the node does not fall.</summary>
    [Fact]
    public void Segment_with_right_checksums()
    {
        var lab = Filled(sealedFirst: false);
        Fuzzing.Run(
            [lab.Memory.Files[First]],
            input =>
            {
                var disk = new MemoryLogDisk();
                disk.Files[First] = Resealed(input, lab.Settings.Owner);
                return Use(disk, lab.Settings, (_, _) => { });
            },
            iterations: 5_000);
    }

    /// <summary>The same for hints: they are the nearest to the index.</summary>
    [Fact]
    public void Hint_with_a_right_checksum()
    {
        var lab = Filled(sealedFirst: true);
        Fuzzing.Run(
            [lab.Memory.Files[Hint]],
            input =>
            {
                var disk = CopyOf(lab.Memory);
                disk.Files[Hint] = input.ToArray();
                if (input.Length >= HintFile.CrcBytes)
                    BinaryPrimitives.WriteUInt32BigEndian(disk.Files[Hint].AsSpan(^4..), Crc.Of(input.AsSpan(..^4)));
                return Use(disk, lab.Settings, (_, _) => { });
            },
            iterations: 5_000);
    }

    private static void Damage(string file, bool sealedFirst)
    {
        var lab = Filled(sealedFirst);
        Fuzzing.Run(
            [lab.Memory.Files[file]],
            input =>
            {
                var disk = CopyOf(lab.Memory);
                disk.Files[file] = input.ToArray();
                return Use(disk, lab.Settings, (key, value) => Assert.Contains(value, Written(key)));
            },
            iterations: 5_000);
    }

    // Opens it, does a little of everything, and opens it again.
    private static bool Use(MemoryLogDisk disk, LogSettings settings, Action<int, string> check)
    {
        if (DurableLog.Open(disk, settings).Fault is not null)
            return false;
        var lab = new LogLab(settings, disk);
        for (var round = 0; round < 2; round++)
        {
            for (var key = 0; key < 8; key++)
            {
                if (lab.Get($"key{key}") is { } value and not "?")
                    check(key, value);
            }

            lab.Listed();
            lab.Put("else", "value");
            lab.Remove("key3");
            lab.Commit();
            lab.Settle();
            Assert.Equal(("value", null), (lab.Get("else"), lab.Get("key3")));
            // What was damaged on purpose may show only now, where no hint stands for it.
            if (DurableLog.Open(disk, settings).Fault is not null)
                return true;
            lab.Open();
        }

        return true;
    }

    private static LogLab Filled(bool sealedFirst)
    {
        var lab = new LogLab();
        for (var round = 0; round < 3; round++)
        {
            for (var key = 0; key < 8; key++)
            {
                if (round == 2 && key == 5)
                    lab.Remove("key5");
                else
                    lab.Put($"key{key}", ValueOf(key, round));
                if (key % 3 == 0)
                    lab.Commit();
            }
        }

        if (sealedFirst)
        {
            lab.Put("large", new string('l', 4096));
            lab.Commit();
            lab.Put("last", "l");
        }

        lab.Commit();
        lab.Settle();
        return lab;
    }

    private static string ValueOf(int key, int round) => $"{key} in round {round}";

    private static IEnumerable<string> Written(int key) => Enumerable.Range(0, 3).Select(round => ValueOf(key, round));

    private static MemoryLogDisk CopyOf(MemoryLogDisk disk)
    {
        var copy = new MemoryLogDisk();
        foreach (var (name, bytes) in disk.Files)
            copy.Files[name] = bytes.ToArray();
        return copy;
    }

    private static byte[] Resealed(byte[] input, UInt128 owner)
    {
        var bytes = input.ToArray();
        if (bytes.Length < SegmentHeader.Length)
            return bytes;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(40), Crc.Of(bytes.AsSpan(0, 40)));
        var seed = RecordHeader.SeedOf(owner, 1);
        for (var at = SegmentHeader.Length; RecordHeader.TryRead(bytes.AsSpan(at), out var header); at += header.RecordLength)
        {
            if (at + header.RecordLength > bytes.Length)
                break;
            var record = bytes.AsSpan(at, header.RecordLength);
            BinaryPrimitives.WriteUInt32BigEndian(record, RecordHeader.CrcOf(record, seed, (uint)at));
        }

        return bytes;
    }
}
