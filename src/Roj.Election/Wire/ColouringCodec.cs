using System.Collections.Immutable;
using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>A <see cref="Colouring"/> as the bytes of a register. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0   1         +8       +16      +8        +2      for each node, ids ascending: 16     1
///  +---+---------+--------+---------+---------+      +-----------------------------------+--------+
///  | 1 | counter | leader | version | nodes   |      | id                                | colour |
///  +---+---------+--------+---------+---------+      +-----------------------------------+--------+
/// </code>
/// <para>One colouring is written in one way only, so equal bytes are equal colourings. What is not <see cref="Colouring.IsRight"/> is
/// refused.</para>
/// </remarks>
public static class ColouringCodec
{
    /// <summary>Nodes in a colouring at most.</summary>
    public const int NodesMax = 4096;

    /// <summary>Bytes of a colouring at most.</summary>
    public const int LengthMax = HeadLength + (NodesMax * NodeLength);

    private const byte Version = 1;
    private const int HeadLength = 1 + Term.Length + 8 + 2;
    private const int NodeLength = NodeId.Length + 1;

    /// <summary>Its bytes.</summary>
    /// <exception cref="ArgumentException">It is not right, or has more nodes than <see cref="NodesMax"/>.</exception>
    public static byte[] Write(Colouring colouring)
    {
        ArgumentNullException.ThrowIfNull(colouring);
        if (!colouring.IsRight || colouring.Colours.Count > NodesMax)
            throw new ArgumentException($"no colouring to be written: {colouring}", nameof(colouring));
        var bytes = new byte[HeadLength + (colouring.Colours.Count * NodeLength)];
        var writer = new ByteWriter(bytes);
        writer.Byte(Version);
        writer.UInt64(colouring.Term.Counter);
        writer.UInt128(colouring.Term.Leader.Value);
        writer.UInt64(colouring.Version);
        writer.UInt16((ushort)colouring.Colours.Count);
        foreach (var (node, colour) in colouring.Colours)
        {
            writer.UInt128(node.Value);
            writer.Byte((byte)colour);
        }

        return bytes;
    }

    /// <summary>Reads a whole one: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    /// <param name="bytes">Its bytes, and nothing behind them.</param>
    /// <param name="colouring">What they say; null if they are none.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> bytes, out Colouring? colouring)
    {
        colouring = null;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version)
            return ReadStatus.Malformed;
        var term = new Term(reader.UInt64(), new NodeId(reader.UInt128()));
        var version = reader.UInt64();
        int count = reader.UInt16();
        if (reader.Failed || count > NodesMax || reader.Rest.Length != count * NodeLength)
            return ReadStatus.Malformed;

        var colours = ImmutableSortedDictionary.CreateBuilder<NodeId, Colour>();
        var last = default(NodeId);
        for (var i = 0; i < count; i++)
        {
            var node = new NodeId(reader.UInt128());
            if (i > 0 && !(node > last))
                return ReadStatus.Malformed;
            colours.Add(last = node, (Colour)reader.Byte());
        }

        var read = new Colouring(term, version, colours.ToImmutable());
        if (!read.IsRight)
            return ReadStatus.Malformed;
        colouring = read;
        return ReadStatus.Done;
    }
}
