using Roj.Kernel;

namespace Roj.Agreement.Wire;

/// <summary>A <see cref="Slot"/> and its parts as bytes: in messages, and on disk.</summary>
/// <remarks>
/// <code>
/// ballot   8 counter | 16 node | 4 boot
/// content  8 version | 1 has data | 4 length | data | 1 changes | changes × ( 16 node | 4 boot | 8 sequence )
/// slot     ballot promised | ballot accepted | content
/// </code>
/// </remarks>
internal static class SlotCodec
{
    public const int BallotLength = 8 + NodeId.Length + 4;
    private const int ChangeLength = NodeId.Length + 4 + 8;

    public static int Size(Slot slot) => (2 * BallotLength) + Size(slot.Content);

    public static int Size(Content content) =>
        8 + 1 + (content.Data is { } data ? 4 + data.Length : 0) + 1 + (content.Changes.Count * ChangeLength);

    public static void Write(ref ByteWriter writer, Ballot ballot)
    {
        writer.UInt64(ballot.Counter);
        writer.UInt128(ballot.Node.Value);
        writer.UInt32(ballot.Boot);
    }

    public static Ballot ReadBallot(ref ByteReader reader) => new(reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt32());

    public static void Write(ref ByteWriter writer, Content content)
    {
        writer.UInt64(content.Version);
        writer.Byte((byte)(content.Data is null ? 0 : 1));
        if (content.Data is { } data)
        {
            writer.UInt32((uint)data.Length);
            writer.Bytes(data.Span);
        }

        writer.Byte((byte)content.Changes.Count);
        foreach (var change in content.Changes)
        {
            writer.UInt128(change.Node.Value);
            writer.UInt32(change.Boot);
            writer.UInt64(change.Sequence);
        }
    }

    /// <summary>Reads a content; false if that is none, or has more than may be.</summary>
    public static bool TryReadContent(ref ByteReader reader, out Content content)
    {
        content = Content.Empty;
        var version = reader.UInt64();
        ReadOnlyMemory<byte>? data = null;
        var kind = reader.Byte();
        if (kind > 1)
            return false;
        if (kind == 1)
        {
            var length = reader.UInt32();
            if (length > Content.BytesMax || length > reader.Rest.Length) // before there is room for it
                return false;
            data = reader.Take((int)length).ToArray();
        }

        int count = reader.Byte();
        if (count > Content.ChangesMax || (ulong)count > version)
            return false;
        var changes = new ChangeId[count];
        for (var i = 0; i < count; i++)
            changes[i] = new ChangeId(new NodeId(reader.UInt128()), reader.UInt32(), reader.UInt64());
        content = new Content(version, data, changes);
        return !reader.Failed;
    }

    public static void Write(ref ByteWriter writer, Slot slot)
    {
        Write(ref writer, slot.Promised);
        Write(ref writer, slot.Accepted);
        Write(ref writer, slot.Content);
    }

    public static bool TryReadSlot(ref ByteReader reader, out Slot slot)
    {
        var (promised, accepted) = (ReadBallot(ref reader), ReadBallot(ref reader));
        var isRead = TryReadContent(ref reader, out var content);
        slot = new Slot(promised, accepted, content);
        return isRead && promised >= accepted;
    }
}
