using Roj.Kernel;

namespace Roj.Storage.Wire;

/// <summary>A map of slots as it is kept and sent: counter 8, leader 16, version 8, copies 1, nodes 2 + 16 each, then for each slot its
/// owners and its formers: how many 1, and the number of each in the list 2; then outcasts 2 + 25 each: who 16, barred 8, emptied 1. All
/// numbers are big-endian.</summary>
public static class SlotMapCodec
{
    private const int FormersMax = 64;
    private const int OutcastLength = NodeId.Length + sizeof(ulong) + 1;

    /// <summary>Writes a map.</summary>
    public static byte[] Write(SlotMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var bytes = new byte[LengthOf(map)];
        var writer = new ByteWriter(bytes);
        Write(ref writer, map);
        return bytes;
    }

    /// <summary>Reads a map that takes all the bytes; null if it makes no sense.</summary>
    public static SlotMap? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var map = Read(ref reader);
        return reader.Rest.IsEmpty ? map : null;
    }

    internal static int LengthOf(SlotMap map)
    {
        var length = Term.Length + sizeof(ulong) + 1 + sizeof(ushort) + (map.Nodes.Count * NodeId.Length) + (2 * SlotMap.Slots);
        for (var slot = 0; slot < SlotMap.Slots; slot++)
            length += sizeof(ushort) * (map.OwnersOf(slot).Count + Math.Min(map.FormersOf(slot).Count, FormersMax));
        return length + sizeof(ushort) + (map.Outcasts.Count * OutcastLength);
    }

    internal static void Write(ref ByteWriter writer, SlotMap map)
    {
        writer.UInt64(map.Term.Counter);
        writer.UInt128(map.Term.Leader.Value);
        writer.UInt64(map.Version);
        writer.Byte((byte)map.Copies);
        writer.UInt16((ushort)map.Nodes.Count);
        foreach (var node in map.Nodes)
            writer.UInt128(node.Value);
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            Write(ref writer, map.Nodes, map.OwnersOf(slot));
            Write(ref writer, map.Nodes, [.. map.FormersOf(slot).Take(FormersMax)]);
        }

        writer.UInt16((ushort)map.Outcasts.Count);
        foreach (var outcast in map.Outcasts)
        {
            writer.UInt128(outcast.Node.Value);
            writer.UInt64(outcast.Barred);
            writer.Byte((byte)(outcast.IsEmptied ? 1 : 0));
        }
    }

    internal static SlotMap? Read(ref ByteReader reader)
    {
        var term = new Term(reader.UInt64(), new NodeId(reader.UInt128()));
        var version = reader.UInt64();
        var copies = reader.Byte();
        var count = reader.UInt16();
        if (reader.Failed || term.Counter > Term.CounterMax || copies is 0 or > SlotMap.CopiesMax || count > SlotMap.NodesMax
            || reader.Rest.Length < count * NodeId.Length)
            return null;
        var nodes = new NodeId[count];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = new NodeId(reader.UInt128());
            if (i > 0 && !(nodes[i] > nodes[i - 1]))
                return null;
        }

        var owners = new NodeId[SlotMap.Slots][];
        var formers = new NodeId[SlotMap.Slots][];
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            if (Read(ref reader, nodes, SlotMap.CopiesMax) is not { } ofOwners || Read(ref reader, nodes, FormersMax) is not { } ofFormers)
                return null;
            (owners[slot], formers[slot]) = (ofOwners, ofFormers);
        }

        return ReadOutcasts(ref reader) is { } outcasts && !reader.Failed
            ? new SlotMap(term, version, copies, nodes, owners, formers, outcasts) : null;
    }

    private static Outcast[]? ReadOutcasts(ref ByteReader reader)
    {
        var count = reader.UInt16();
        if (count > SlotMap.OutcastsMax || reader.Rest.Length < count * OutcastLength)
            return null;
        var outcasts = new Outcast[count];
        for (var i = 0; i < count; i++)
        {
            var (node, barred, emptied) = (new NodeId(reader.UInt128()), reader.UInt64(), reader.Byte());
            if (barred >= HybridClock.TimeMax || emptied > 1 || (i > 0 && !(node > outcasts[i - 1].Node)))
                return null;
            outcasts[i] = new Outcast(node, barred, emptied == 1);
        }

        return outcasts;
    }

    private static void Write(ref ByteWriter writer, IReadOnlyList<NodeId> nodes, IReadOnlyList<NodeId> some)
    {
        writer.Byte((byte)some.Count);
        foreach (var node in some)
            writer.UInt16((ushort)IndexOf(nodes, node));
    }

    private static NodeId[]? Read(ref ByteReader reader, NodeId[] nodes, int max)
    {
        var some = new NodeId[Math.Min((int)reader.Byte(), max + 1)];
        if (some.Length > max)
            return null;
        for (var i = 0; i < some.Length; i++)
        {
            var index = reader.UInt16();
            if (reader.Failed || index >= nodes.Length || some.AsSpan(0, i).Contains(nodes[index]))
                return null;
            some[i] = nodes[index];
        }

        return some;
    }

    private static int IndexOf(IReadOnlyList<NodeId> nodes, NodeId node)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i] == node)
                return i;
        }

        throw new ArgumentException($"{node} is not in the map's list");
    }
}
