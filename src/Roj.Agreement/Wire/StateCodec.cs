using System.Text;
using System.Text.Unicode;
using Roj.Kernel;

namespace Roj.Agreement.Wire;

/// <summary>What acceptors keep, as bytes: in messages, and on disk.</summary>
/// <remarks>
/// <code>
/// ballot   8 counter | 16 node | 4 boot
/// lease    8 epoch | 16 holder | 4 boot | 8 duration in 100 ns
/// fence    1 length | lease name (UTF-8) | 8 epoch | 8 sequence
/// content  8 version | 1 flags (1 data, 2 lease) | 4 length | data | lease | 1 fences | fence …
///          1 origins | ( 16 node | 4 boot ) … | 1 changes, oldest first | ( 1 origin | 8 sequence ) …
/// state    ballot promised | ballot accepted | content
/// set      16 cluster | 8 version | 1 members | 16 node … | 1 next, 0 for none | 16 node …
/// slot     set | floor
/// floor    ballot | 8 version
/// </code>
/// </remarks>
internal static class StateCodec
{
    public const int BallotLength = 8 + NodeId.Length + 4;
    public const int FloorLength = BallotLength + 8;
    private const int OriginLength = NodeId.Length + 4;
    private const int LeaseLength = 8 + NodeId.Length + 4 + 8;
    private const byte HasData = 1;
    private const byte HasLease = 2;

    public static int Size(RegisterState state) => (2 * BallotLength) + Size(state.Content);

    public static int Size(Content content) =>
        8 + 1 + (content.Data is { } data ? 4 + data.Length : 0) + (content.Lease is null ? 0 : LeaseLength)
        + 1 + content.Fences.Sum(Size)
        + 1 + (OriginsOf(content, stackalloc byte[Content.ChangesMax]) * OriginLength) + 1 + (content.Changes.Count * 9);

    public static int Size(Fence fence) => 1 + Encoding.UTF8.GetByteCount(fence.Lease) + 16;

    public static int Size(ReplicaSet set) => 16 + 8 + 1 + 1 + ((set.Members.Count + (set.Next?.Count ?? 0)) * NodeId.Length);

    public static int Size(SlotState slot) => Size(slot.Set) + FloorLength;

    public static void Write(ref ByteWriter writer, Ballot ballot)
    {
        writer.UInt64(ballot.Counter);
        writer.UInt128(ballot.Node.Value);
        writer.UInt32(ballot.Boot);
    }

    public static void Write(ref ByteWriter writer, Floor floor)
    {
        Write(ref writer, floor.Ballot);
        writer.UInt64(floor.Version);
    }

    public static void Write(ref ByteWriter writer, Content content)
    {
        writer.UInt64(content.Version);
        writer.Byte((byte)((content.Data is null ? 0 : HasData) | (content.Lease is null ? 0 : HasLease)));
        if (content.Data is { } data)
        {
            writer.UInt32((uint)data.Length);
            writer.Bytes(data.Span);
        }

        if (content.Lease is { } lease)
        {
            writer.UInt64(lease.Epoch);
            writer.UInt128(lease.Holder.Value);
            writer.UInt32(lease.Boot);
            writer.UInt64((ulong)lease.Duration.Ticks);
        }

        writer.Byte((byte)content.Fences.Count);
        foreach (var fence in content.Fences)
            Write(ref writer, fence);
        var changes = content.Changes;
        Span<byte> originOf = stackalloc byte[Content.ChangesMax];
        var origins = OriginsOf(content, originOf);
        writer.Byte((byte)origins);
        for (var (i, written) = (0, 0); written < origins; i++)
        {
            if (originOf[i] != written)
                continue;
            writer.UInt128(changes[i].Node.Value);
            writer.UInt32(changes[i].Boot);
            written++;
        }

        writer.Byte((byte)changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            writer.Byte(originOf[i]);
            writer.UInt64(changes[i].Sequence);
        }
    }

    public static void Write(ref ByteWriter writer, Fence fence)
    {
        var name = Encoding.UTF8.GetBytes(fence.Lease);
        writer.Byte(checked((byte)name.Length));
        writer.Bytes(name);
        writer.UInt64(fence.Epoch);
        writer.UInt64(fence.Sequence);
    }

    public static void Write(ref ByteWriter writer, RegisterState state)
    {
        Write(ref writer, state.Promised);
        Write(ref writer, state.Accepted);
        Write(ref writer, state.Content);
    }

    public static void Write(ref ByteWriter writer, ReplicaSet set)
    {
        writer.UInt128(set.Cluster);
        writer.UInt64(set.Version);
        foreach (var members in new[] { set.Members, set.Next ?? [] })
        {
            writer.Byte((byte)members.Count);
            foreach (var member in members)
                writer.UInt128(member.Value);
        }
    }

    public static void Write(ref ByteWriter writer, SlotState slot)
    {
        Write(ref writer, slot.Set);
        Write(ref writer, slot.Floor);
    }

    public static Ballot ReadBallot(ref ByteReader reader)
    {
        var counter = reader.UInt64();
        if (counter > Ballot.CounterMax)
            reader.Take(int.MaxValue); // fails the reading: nobody could go beyond it
        return new Ballot(counter, new NodeId(reader.UInt128()), reader.UInt32());
    }

    public static Floor ReadFloor(ref ByteReader reader) => new(ReadBallot(ref reader), reader.UInt64());

    /// <summary>Reads a content; false if that is none, or has more than may be.</summary>
    public static bool TryReadContent(ref ByteReader reader, out Content content)
    {
        content = Content.Empty;
        var version = reader.UInt64();
        var flags = reader.Byte();
        ReadOnlyMemory<byte>? data = null;
        if ((flags & ~(HasData | HasLease)) != 0 || ((flags & HasData) != 0 && !TryReadData(ref reader, out data)))
            return false;
        Lease? lease = null;
        if ((flags & HasLease) != 0 && !TryReadLease(ref reader, out lease))
            return false;
        int count = reader.Byte();
        if (count > Content.FencesMax)
            return false;
        var fences = new Fence[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadFence(ref reader, out fences[i]))
                return false;
        }

        if (!TryReadChanges(ref reader, out var changes) || (ulong)changes.Length > version)
            return false;
        content = new Content(version, data, lease, fences, changes);
        return !reader.Failed;
    }

    /// <summary>Reads what a register holds, or is to hold: no longer than may be, before there is room for it.</summary>
    public static bool TryReadData(ref ByteReader reader, out ReadOnlyMemory<byte>? data)
    {
        data = null;
        var length = reader.UInt32();
        if (length > Content.BytesMax || length > reader.Rest.Length)
            return false;
        data = reader.Take((int)length).ToArray();
        return true;
    }

    public static bool TryReadFence(ref ByteReader reader, out Fence fence)
    {
        var name = reader.Take(reader.Byte());
        fence = default;
        if (!Utf8.IsValid(name))
            return false;
        fence = new Fence(Encoding.UTF8.GetString(name), reader.UInt64(), reader.UInt64());
        return !reader.Failed;
    }

    public static bool TryReadState(ref ByteReader reader, out RegisterState state)
    {
        var (promised, accepted) = (ReadBallot(ref reader), ReadBallot(ref reader));
        var isRead = TryReadContent(ref reader, out var content);
        state = new RegisterState(promised, accepted, content);
        return isRead && promised >= accepted;
    }

    /// <summary>What the beginning of a state tells: <see cref="IStableStore.HeadBytes"/> of it, or all.</summary>
    public static Place? ReadPlace(RegisterName name, ulong at, ReadOnlySpan<byte> head)
    {
        var reader = new ByteReader(head);
        ReadBallot(ref reader);
        var accepted = ReadBallot(ref reader);
        reader.UInt64();
        var hasData = (reader.Byte() & HasData) != 0;
        if (reader.Failed)
            return null;
        if (!hasData)
            return new Place(name, at, accepted, false, null);
        var length = reader.UInt32();
        var data = reader.Take((int)Math.Min(Math.Min(length, TimedValue.HeadBytesMax), (uint)reader.Rest.Length)).ToArray();
        return reader.Failed ? null : new Place(name, at, accepted, true, TimedValue.Read(data)?.EndsAt);
    }

    public static bool TryReadSet(ref ByteReader reader, out ReplicaSet set)
    {
        var (cluster, version) = (reader.UInt128(), reader.UInt64());
        var isRead = TryReadMembers(ref reader, out var members) & TryReadMembers(ref reader, out var next);
        set = new ReplicaSet(cluster, version, members, next.Length == 0 ? null : next);
        return isRead && version > 0 && members.Length > 0;
    }

    public static bool TryReadSlot(ref ByteReader reader, out SlotState? slot)
    {
        slot = null;
        if (!TryReadSet(ref reader, out var set))
            return false;
        slot = new SlotState(set, ReadFloor(ref reader));
        return !reader.Failed;
    }

    private static bool TryReadLease(ref ByteReader reader, out Lease? lease)
    {
        var (epoch, holder, boot, ticks) = (reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt32(), reader.UInt64());
        lease = null;
        if (ticks != 0 && (ticks < (ulong)Lease.DurationMin.Ticks || ticks > (ulong)Lease.DurationMax.Ticks))
            return false;
        lease = new Lease(epoch, holder, boot, TimeSpan.FromTicks((long)ticks));
        return epoch > 0;
    }

    private static bool TryReadChanges(ref ByteReader reader, out ChangeId[] changes)
    {
        changes = [];
        int count = reader.Byte();
        if (count > Content.ChangesMax)
            return false;
        var origins = new (NodeId Node, uint Boot)[count];
        for (var i = 0; i < count; i++)
            origins[i] = (new NodeId(reader.UInt128()), reader.UInt32());
        count = reader.Byte();
        if (count > Content.ChangesMax)
            return false;
        changes = new ChangeId[count];
        for (var i = 0; i < count; i++)
        {
            int origin = reader.Byte();
            if (origin >= origins.Length)
                return false;
            changes[i] = new ChangeId(origins[origin].Node, origins[origin].Boot, reader.UInt64());
        }

        return !reader.Failed;
    }

    private static bool TryReadMembers(ref ByteReader reader, out NodeId[] members)
    {
        members = [];
        int count = reader.Byte();
        if (count > ReplicaSet.MembersMax)
            return false;
        members = new NodeId[count];
        for (var i = 0; i < count; i++)
        {
            members[i] = new NodeId(reader.UInt128());
            if (Array.IndexOf(members, members[i]) < i)
                return false; // nobody has two votes
        }

        return !reader.Failed;
    }

    /// <summary>How many origins the changes have, and which of them each has: numbered as they come.</summary>
    private static int OriginsOf(Content content, Span<byte> originOf)
    {
        var changes = content.Changes;
        var count = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var same = i - 1;
            while (same >= 0 && (changes[same].Node != change.Node || changes[same].Boot != change.Boot))
                same--;
            originOf[i] = same >= 0 ? originOf[same] : (byte)count++;
        }

        return count;
    }
}
