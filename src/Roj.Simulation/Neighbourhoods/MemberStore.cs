using System.Buffers.Binary;
using Roj.Kernel;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>What a simulated member keeps on its disk: how many lives it had, and whom it knew.</summary>
internal sealed class MemberStore(SimDisk disk)
{
    private const string LivesName = "lives";
    private const string PeersName = "peers";

    /// <summary>Begins a life: its number, from 1, is durable before this returns; false if the disk failed.</summary>
    public bool TryBeginLife(out uint life)
    {
        life = 0;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        if (disk.Exists(LivesName))
        {
            // A count that can't be read is no reason to begin anew: an incarnation would be used twice.
            if (disk.Read(LivesName, 0, bytes, out var read) != DiskResult.Done || read != bytes.Length)
                return false;
            life = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, ++life);
        return TryReplace(LivesName, bytes);
    }

    /// <summary>The places that the last life knew; none if the disk fails.</summary>
    public IReadOnlyList<Endpoint> Load()
    {
        var bytes = new byte[disk.LengthOf(PeersName) ?? 0];
        if (disk.Read(PeersName, 0, bytes, out var read) != DiskResult.Done || read != bytes.Length)
            return [];
        List<Endpoint> places = [];
        for (var reader = new ByteReader(bytes); reader.Rest.Length >= Endpoint.CompactLength;)
            places.Add(new Endpoint(reader.UInt32(), reader.UInt16()));
        return places;
    }

    /// <summary>Keeps places for the next life; a disk that fails keeps the old ones.</summary>
    public void Save(IReadOnlyList<Endpoint> places)
    {
        var bytes = new byte[places.Count * Endpoint.CompactLength];
        var writer = new ByteWriter(bytes);
        foreach (var place in places)
        {
            writer.UInt32(place.Address);
            writer.UInt16(place.Port);
        }

        TryReplace(PeersName, bytes);
    }

    private bool TryReplace(string name, ReadOnlySpan<byte> bytes)
    {
        var beside = name + ".new";
        if (!disk.Exists(beside) && disk.Create(beside) != DiskResult.Done)
            return false;
        return disk.SetLength(beside, 0) == DiskResult.Done
            && disk.Write(beside, 0, bytes, out _) == DiskResult.Done
            && disk.Sync(beside) == DiskResult.Done
            && disk.Rename(beside, name) == DiskResult.Done
            && disk.SyncDirectory() == DiskResult.Done;
    }
}
