using System.Buffers.Binary;
using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What is saved, under which keys.</summary>
/// <remarks>
/// <code>
/// 'r' | 2 slot | name   a register's state
/// 's' | 2 slot          a slot: its replica set, and its floor
/// 'f' | 2 slot          that what was taken under sets before this one is being forgotten
/// 'b' | 16 node         the latest start of another node
/// 'p'                   the pledge at a cluster's birth
/// 'x'                   that the disk was set back: who remembers it, and which later start
/// </code>
/// </remarks>
internal static class Records
{
    public static ReadOnlyMemory<byte> PledgeKey { get; } = "p"u8.ToArray();

    public static ReadOnlyMemory<byte> MarkKey { get; } = "x"u8.ToArray();

    public static byte[] RegisterKey(ushort slot, RegisterName name)
    {
        var key = new byte[3 + name.Bytes.Length];
        key[0] = (byte)'r';
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(1), slot);
        name.Bytes.CopyTo(key.AsSpan(3));
        return key;
    }

    /// <summary>The register that a key is of; null if it is of something else.</summary>
    public static RegisterName? NameOf(ushort slot, ReadOnlyMemory<byte> key) =>
        key.Length > 3 && key.Span[0] == 'r' && BinaryPrimitives.ReadUInt16BigEndian(key.Span[1..]) == slot
            ? new RegisterName(key[3..])
            : null;

    /// <summary>What was taken last, and whether that leaves nothing, as a register's record begins; null if nothing was taken.</summary>
    public static (Ballot Taken, bool IsDeletion)? TakenIn(ReadOnlyMemory<byte> head)
    {
        var reader = new ByteReader(head.Span);
        StateCodec.ReadBallot(ref reader);
        var taken = StateCodec.ReadBallot(ref reader);
        reader.UInt64(); // the version
        var (flags, fences) = (reader.Byte(), reader.Byte());
        return reader.Failed || taken == Ballot.None ? null : (taken, flags == 0 && fences == 0);
    }

    public static byte[] SlotKey(ushort slot) => [(byte)'s', (byte)(slot >> 8), (byte)slot];

    public static byte[] ForgettingKey(ushort slot) => [(byte)'f', (byte)(slot >> 8), (byte)slot];

    public static byte[] BootKey(NodeId node)
    {
        var key = new byte[1 + NodeId.Length];
        key[0] = (byte)'b';
        BinaryPrimitives.WriteUInt128BigEndian(key.AsSpan(1), node.Value);
        return key;
    }

    public static AgreementEffect.Save Save(ushort slot, RegisterName name, RegisterState state)
    {
        var value = new byte[StateCodec.Size(state)];
        var writer = new ByteWriter(value);
        StateCodec.Write(ref writer, state);
        return new AgreementEffect.Save(RegisterKey(slot, name), value);
    }

    public static AgreementEffect.Save Save(ushort slot, SlotState state)
    {
        var value = new byte[StateCodec.Size(state)];
        var writer = new ByteWriter(value);
        StateCodec.Write(ref writer, state);
        return new AgreementEffect.Save(SlotKey(slot), value);
    }

    public static AgreementEffect.Save SaveForgetting(ushort slot, ulong version)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, version);
        return new AgreementEffect.Save(ForgettingKey(slot), value);
    }

    public static AgreementEffect.Save Save(NodeId node, uint boot, ulong life)
    {
        var value = new byte[12];
        var writer = new ByteWriter(value);
        writer.UInt32(boot);
        writer.UInt64(life);
        return new AgreementEffect.Save(BootKey(node), value);
    }

    public static AgreementEffect.Save SaveMark(NodeId witness, uint boot)
    {
        var value = new byte[NodeId.Length + 4];
        var writer = new ByteWriter(value);
        writer.UInt128(witness.Value);
        writer.UInt32(boot);
        return new AgreementEffect.Save(MarkKey, value);
    }

    public static AgreementEffect.Save Save(Pledge pledge)
    {
        var value = new byte[1 + 4 + StateCodec.Size(pledge.Set)];
        var writer = new ByteWriter(value);
        writer.Byte((byte)(pledge.IsHeld ? 1 : 0));
        writer.UInt32(pledge.Round);
        StateCodec.Write(ref writer, pledge.Set);
        return new AgreementEffect.Save(PledgeKey, value);
    }

    public static Finding Find(this IStableStore store, ushort slot, RegisterName name, out RegisterState state)
    {
        state = RegisterState.Unknown;
        var finding = store.Find(RegisterKey(slot, name), out var value);
        if (finding is not Finding.Found)
            return finding;
        var reader = new ByteReader(value.Span);
        return StateCodec.TryReadState(ref reader, out state) && reader.Rest.IsEmpty ? Finding.Found : Finding.Damaged;
    }

    public static Finding Find(this IStableStore store, ushort slot, out SlotState? state)
    {
        state = null;
        var finding = store.Find(SlotKey(slot), out var value);
        if (finding is not Finding.Found)
            return finding;
        var reader = new ByteReader(value.Span);
        return StateCodec.TryReadSlot(ref reader, out state) && reader.Rest.IsEmpty ? Finding.Found : Finding.Damaged;
    }

    public static Finding FindForgetting(this IStableStore store, ushort slot, out ulong version)
    {
        version = 0;
        var finding = store.Find(ForgettingKey(slot), out var value);
        if (finding is not Finding.Found)
            return finding;
        return BinaryPrimitives.TryReadUInt64BigEndian(value.Span, out version) ? Finding.Found : Finding.Damaged;
    }

    public static Finding FindBoot(this IStableStore store, NodeId node, out (uint Boot, ulong Life) last)
    {
        last = default;
        var finding = store.Find(BootKey(node), out var value);
        if (finding is not Finding.Found)
            return finding;
        if (value.Length != 4 + 8)
            return Finding.Damaged;
        var reader = new ByteReader(value.Span);
        last = (reader.UInt32(), reader.UInt64());
        return finding;
    }

    public static Finding FindMark(this IStableStore store, out (NodeId Witness, uint Boot)? mark)
    {
        mark = null;
        var finding = store.Find(MarkKey.Span, out var value);
        if (finding is not Finding.Found)
            return finding;
        if (value.Length != NodeId.Length + 4)
            return Finding.Damaged;
        var reader = new ByteReader(value.Span);
        mark = (new NodeId(reader.UInt128()), reader.UInt32());
        return Finding.Found;
    }

    public static Finding Find(this IStableStore store, out Pledge? pledge)
    {
        pledge = null;
        var finding = store.Find(PledgeKey.Span, out var value);
        if (finding is not Finding.Found)
            return finding;
        var reader = new ByteReader(value.Span);
        var (isHeld, round) = (reader.Byte() == 1, reader.UInt32());
        if (!StateCodec.TryReadSet(ref reader, out var set) || !reader.Rest.IsEmpty)
            return Finding.Damaged;
        pledge = new Pledge(isHeld, round, set);
        return Finding.Found;
    }
}
