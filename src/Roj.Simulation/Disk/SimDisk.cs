using Roj.Kernel;

namespace Roj.Simulation.Disk;

/// <summary>A machine's disk and the page cache over it: what programs see, and what would be left without power.</summary>
/// <remarks>
/// <para>Names are paths with '/'; directories need not be made. A write becomes durable with <see cref="Sync"/> of its file; a creation, a
/// rename or a deletion with <see cref="SyncDirectory"/> of a directory that it touches, and not with the file's own sync: the strictest
/// reading of POSIX. File sizes are at most <see cref="int.MaxValue"/>.</para>
/// <para>Operations take no time; <see cref="CostOfTransfer"/> and <see cref="CostOfSync"/> say how much they should.</para>
/// </remarks>
public sealed class SimDisk
{
    private const int Million = 1_000_000;

    private readonly Rng rng;
    private readonly SortedDictionary<string, SimFile> cached = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimFile> durable = new(StringComparer.Ordinal);
    private readonly List<NameChange> nameChanges = [];

    internal SimDisk(Rng rng)
    {
        this.rng = rng;
    }

    /// <summary>Bytes that all files together may have; less than <see cref="Used"/> is possible, and full.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Bytes that all files together have, holes included.</summary>
    public long Used { get; private set; }

    /// <summary>How often it fails by itself.</summary>
    public DiskFaults Faults { get; set; } = DiskFaults.None;

    /// <summary>How quick it is.</summary>
    public DiskSpeed Speed { get; set; } = DiskSpeed.Solid;

    /// <summary>Whether <see cref="PowerCut"/> may be called. Where it never is, files that are made from now on need half the
    /// memory.</summary>
    public bool CanLosePower { get; set; } = true;

    /// <summary>Syncs of files that succeeded so far.</summary>
    public long Syncs { get; private set; }

    /// <summary>Names of all files, in order.</summary>
    public IReadOnlyList<string> List() => [.. cached.Keys];

    /// <summary>Whether a file has that name.</summary>
    public bool Exists(string name) => cached.ContainsKey(name);

    /// <summary>A file's length; null if there is none of that name.</summary>
    public long? LengthOf(string name) => cached.TryGetValue(name, out var file) ? file.Cached.Length : null;

    /// <summary>Makes an empty file.</summary>
    /// <returns><see cref="DiskResult.Done"/>, or <see cref="DiskResult.Exists"/>.</returns>
    public DiskResult Create(string name)
    {
        if (cached.ContainsKey(name))
            return DiskResult.Exists;
        Apply(new NameChange(null, name, new SimFile(CanLosePower)));
        return DiskResult.Done;
    }

    /// <summary>Reads from <paramref name="offset"/> on; fewer bytes only at the end of the file.</summary>
    public DiskResult Read(string name, long offset, Span<byte> destination, out int read)
    {
        read = 0;
        if (!cached.TryGetValue(name, out var file))
            return DiskResult.NotFound;
        if (Happens(Faults.ReadErrorPpm))
            return DiskResult.IoError;
        var from = (int)Math.Min(offset, file.Cached.Length);
        read = Math.Min(destination.Length, file.Cached.Length - from);
        file.Cached.Span.Slice(from, read).CopyTo(destination);
        return DiskResult.Done;
    }

    /// <summary>What a program would read if nothing failed, for checkers: how many bytes there were.</summary>
    public int Peek(string name, long offset, Span<byte> destination)
    {
        if (!cached.TryGetValue(name, out var file) || offset >= file.Cached.Length)
            return 0;
        var there = file.Cached.Span[(int)offset..];
        there = there[..Math.Min(there.Length, destination.Length)];
        there.CopyTo(destination);
        return there.Length;
    }

    /// <summary>Writes at <paramref name="offset"/>, making the file longer if need be.</summary>
    /// <param name="name">A file that exists.</param>
    /// <param name="offset">Where; a hole before it reads as zeros.</param>
    /// <param name="data">What; copied.</param>
    /// <param name="written">How many bytes were written: less than all after an error.</param>
    public DiskResult Write(string name, long offset, ReadOnlySpan<byte> data, out int written)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        written = 0;
        if (!cached.TryGetValue(name, out var file))
            return DiskResult.NotFound;

        var result = DiskResult.Done;
        if (Happens(Faults.WriteErrorPpm))
        {
            result = DiskResult.IoError;
            data = data[..rng.Next(data.Length + 1)];
        }
        else if (offset + data.Length > file.Cached.Length + Free)
        {
            result = DiskResult.NoSpace;
            data = data[..(int)Math.Clamp(file.Cached.Length + Free - offset, 0, data.Length)];
        }

        if (data.IsEmpty)
            return result;
        written = data.Length;
        Used += Math.Max(0, offset + data.Length - file.Cached.Length);
        file.Write((int)offset, Happens(Faults.BitFlipPpm) ? WithFlippedBit(data) : data);
        return result;
    }

    /// <summary>Cuts a file, or makes it longer with zeros.</summary>
    public DiskResult SetLength(string name, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!cached.TryGetValue(name, out var file))
            return DiskResult.NotFound;
        if (length > file.Cached.Length + Free)
            return DiskResult.NoSpace;
        if (Happens(Faults.WriteErrorPpm))
            return DiskResult.IoError;
        Used += length - file.Cached.Length;
        file.SetLength((int)length);
        return DiskResult.Done;
    }

    /// <summary>Makes a file's bytes and length durable. Its name may need <see cref="SyncDirectory"/>.</summary>
    public DiskResult Sync(string name)
    {
        if (!cached.TryGetValue(name, out var file))
            return DiskResult.NotFound;
        if (Happens(Faults.SyncErrorPpm))
        {
            file.ForgetChanges();
            return DiskResult.IoError;
        }

        Syncs++;
        file.Sync();
        return DiskResult.Done;
    }

    /// <summary>Makes the names in a directory durable, and all changes of names before the last one in it.</summary>
    /// <param name="directory">Everything before a name's last '/'; empty for names without one.</param>
    public DiskResult SyncDirectory(string directory = "")
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (Happens(Faults.SyncErrorPpm))
            return DiskResult.IoError;
        // As a journal commits: with the last change asked for, all before it.
        var count = nameChanges.FindLastIndex(change => change.Touches(directory)) + 1;
        for (var i = 0; i < count; i++)
            nameChanges[i].ApplyTo(durable);
        nameChanges.RemoveRange(0, count);
        return DiskResult.Done;
    }

    /// <summary>Gives a file another name; a file that has it already is replaced. Nobody ever sees both or neither.</summary>
    public DiskResult Rename(string from, string to)
    {
        if (!cached.TryGetValue(from, out var file))
            return DiskResult.NotFound;
        if (from == to)
            return DiskResult.Done;
        if (cached.TryGetValue(to, out var replaced))
            Used -= replaced.Cached.Length;
        Apply(new NameChange(from, to, file));
        return DiskResult.Done;
    }

    /// <summary>Takes a name away, and its bytes with it.</summary>
    public DiskResult Delete(string name)
    {
        if (!cached.TryGetValue(name, out var file))
            return DiskResult.NotFound;
        Used -= file.Cached.Length;
        Apply(new NameChange(name, null, null));
        return DiskResult.Done;
    }

    /// <summary>How long reading or writing so many bytes takes.</summary>
    public TimeSpan CostOfTransfer(int bytes) =>
        (Speed.Seek + TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / Speed.BytesPerSecond)) * Speed.Slowness;

    /// <summary>How long a sync takes.</summary>
    public TimeSpan CostOfSync() => Speed.Sync * Speed.Slowness;

    /// <summary>Loses what is not durable: any subset of the unsynced writes, one of them torn at a 512-byte boundary, and the latest
    /// unsynced changes of names, in order. What is left is what programs then see.</summary>
    /// <exception cref="InvalidOperationException">It was said that this would never happen.</exception>
    public void PowerCut()
    {
        if (!CanLosePower)
            throw new InvalidOperationException("This disk does not remember what is not durable.");
        // All kept and none kept are as interesting as anything between.
        var keptPercent = rng.Next(4) switch { 0 => 0, 1 => 100, _ => rng.Next(101) };
        var keptNames = keptPercent == 100 ? nameChanges.Count : rng.Next(nameChanges.Count + 1);
        for (var i = 0; i < keptNames; i++)
            nameChanges[i].ApplyTo(durable);
        nameChanges.Clear();

        cached.Clear();
        foreach (var (name, file) in durable)
        {
            file.PowerCut(keptPercent, rng);
            cached.Add(name, file);
        }

        CountUsed();
    }

    /// <summary>Flips one random bit of a file, durably and in the cache.</summary>
    /// <returns>False if there is no such file or it is empty.</returns>
    public bool FlipBit(string name)
    {
        if (!cached.TryGetValue(name, out var file) || file.Cached.Length == 0)
            return false;
        file.FlipBit(rng.Next(file.Cached.Length), rng.Next(8));
        return true;
    }

    /// <summary>Cuts a file as somebody else on the machine would, durably and in the cache.</summary>
    /// <returns>False if there is no such file.</returns>
    public bool TruncateBehind(string name, long length)
    {
        if (!cached.TryGetValue(name, out var file))
            return false;
        file.Truncate((int)length);
        CountUsed();
        return true;
    }

    /// <summary>Deletes everything, durably.</summary>
    public void Wipe() => Restore(new DiskImage(new SortedDictionary<string, byte[]>(StringComparer.Ordinal)));

    /// <summary>What would be left if the power went now and nothing unsynced had reached the disk.</summary>
    public DiskImage Snapshot()
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, file) in durable)
            files.Add(name, file.Durable.Span.ToArray());
        return new DiskImage(files);
    }

    /// <summary>Replaces everything by an earlier image, durably.</summary>
    public void Restore(DiskImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        nameChanges.Clear();
        cached.Clear();
        durable.Clear();
        foreach (var (name, bytes) in image.Files)
        {
            var file = new SimFile(canLosePower: true);
            file.Write(0, bytes);
            file.Sync();
            cached.Add(name, file);
            durable.Add(name, file);
        }

        CountUsed();
    }

    private long Free => Math.Max(0, Capacity - Used);

    private void Apply(NameChange change)
    {
        change.ApplyTo(cached);
        nameChanges.Add(change);
    }

    private byte[] WithFlippedBit(ReadOnlySpan<byte> data)
    {
        var copy = data.ToArray();
        copy[rng.Next(copy.Length)] ^= (byte)(1 << rng.Next(8));
        return copy;
    }

    private void CountUsed()
    {
        Used = 0;
        foreach (var file in cached.Values)
            Used += file.Cached.Length;
    }

    private bool Happens(int ppm) => ppm > 0 && rng.Next(Million) < ppm;
}
