using Roj.Kernel;

namespace Roj.Token.Wire;

/// <summary>A <see cref="TokenStamp"/> as bytes: 8 epoch, 8 sequence, 8 progress, 16 author, 8 revision, big-endian.</summary>
public static class StampCodec
{
    /// <summary>Its bytes alone, as a register holds them.</summary>
    public static byte[] Write(TokenStamp stamp)
    {
        var bytes = new byte[TokenStamp.Length];
        var writer = new ByteWriter(bytes);
        Write(ref writer, stamp);
        return bytes;
    }

    /// <summary>Reads what a register holds.</summary>
    /// <returns>It; none if it is not as long as one.</returns>
    public static TokenStamp Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var stamp = Read(ref reader);
        return reader.Failed || !reader.Rest.IsEmpty ? TokenStamp.None : stamp;
    }

    internal static void Write(ref ByteWriter writer, TokenStamp stamp)
    {
        writer.UInt64(stamp.Epoch);
        writer.UInt64(stamp.Sequence);
        writer.UInt64(stamp.Progress);
        writer.UInt128(stamp.Author.Value);
        writer.UInt64(stamp.Revision);
    }

    internal static TokenStamp Read(ref ByteReader reader) =>
        new(reader.UInt64(), reader.UInt64(), reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt64());
}
