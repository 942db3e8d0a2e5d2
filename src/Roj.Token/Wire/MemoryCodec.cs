using Roj.Kernel;

namespace Roj.Token.Wire;

/// <summary>A <see cref="TokenMemory"/> as the bytes of a file. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0         4   5      6       +8         +8         48     1   48 each   the rest
///  +---------+---+------+-------+----------+----------+------+---+---------+------+
///  | "ROJM"  | 1 | mode | epoch | revision |   best   |   n  |   turns     | data |
///  +---------+---+------+-------+----------+----------+------+-------------+------+
/// </code>
/// <para>What keeps it sees to it that it is whole.</para>
/// </remarks>
public static class MemoryCodec
{
    /// <summary>Bytes at most.</summary>
    public const int LengthMax = HeadLength + (TokenMemory.TurnsMax * TokenStamp.Length) + TokenFrame.DataMax;

    private const uint Magic = 0x524F4A4D; // "ROJM"
    private const byte Version = 1;
    private const int HeadLength = 4 + 1 + 1 + 8 + 8 + TokenStamp.Length + 1;

    /// <summary>Its bytes.</summary>
    /// <param name="memory">It.</param>
    /// <param name="isLeased">Whether its epochs are those of leases.</param>
    public static byte[] Write(TokenMemory memory, bool isLeased)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var bytes = new byte[HeadLength + (memory.Turns.Count * TokenStamp.Length) + memory.Data.Length];
        var writer = new ByteWriter(bytes);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte(isLeased ? (byte)1 : (byte)0);
        writer.UInt64(memory.Epoch);
        writer.UInt64(memory.Revision);
        StampCodec.Write(ref writer, memory.Best);
        writer.Byte((byte)memory.Turns.Count);
        foreach (var turn in memory.Turns)
            StampCodec.Write(ref writer, turn);
        writer.Bytes(memory.Data.Span);
        return bytes;
    }

    /// <summary>Reads a whole one: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    /// <param name="bytes">Its bytes, and nothing behind them.</param>
    /// <param name="memory">What they say; null if they are none.</param>
    /// <param name="isLeased">Whether its epochs are those of leases.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> bytes, out TokenMemory? memory, out bool isLeased)
    {
        memory = null;
        var reader = new ByteReader(bytes);
        var isOne = reader.UInt32() == Magic && reader.Byte() == Version;
        var mode = reader.Byte();
        isLeased = mode == 1;
        var (epoch, revision, best) = (reader.UInt64(), reader.UInt64(), StampCodec.Read(ref reader));
        var turns = new TokenStamp[Math.Min((int)reader.Byte(), TokenMemory.TurnsMax + 1)];
        if (!isOne || mode > 1 || turns.Length > TokenMemory.TurnsMax)
            return ReadStatus.Malformed;
        for (var i = 0; i < turns.Length; i++)
            turns[i] = StampCodec.Read(ref reader);
        if (reader.Failed || reader.Rest.Length > TokenFrame.DataMax)
            return ReadStatus.Malformed;
        memory = TokenMemory.Of(best, reader.Rest.ToArray(), epoch, revision, turns);
        return ReadStatus.Done;
    }
}
