using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>What both sides of a link say first.</summary>
/// <remarks>
/// <code>
///  +--------+---+------+---------+-------+--------+
///  | "ROJL" | 1 | kind | cluster | 16 id | 4 boot |
///  +--------+---+------+---------+-------+--------+
///    4        1   1      8
/// </code>
/// On the port between nodes an exchange begins with a length below 2^25 instead, so the first byte tells them apart. Behind it come
/// frames of <see cref="Roj.Agreement.Wire.AgreementCodec"/>, or of <see cref="Roj.Token.Wire.TokenFrame"/>.
/// </remarks>
/// <param name="Kind">Who speaks.</param>
/// <param name="Cluster">The hash of the cluster's name.</param>
/// <param name="Id">The node, or 128 random bits of a client's.</param>
/// <param name="Boot">In which of its lives.</param>
internal readonly record struct LinkHello(LinkKind Kind, ulong Cluster, NodeId Id, uint Boot)
{
    /// <summary>Bytes of it.</summary>
    public const int Length = 4 + 1 + 1 + 8 + NodeId.Length + 4;

    /// <summary>The first byte.</summary>
    public const byte FirstByte = (byte)'R';

    private const uint Magic = 0x524F4A4C; // "ROJL"
    private const byte Version = 1;

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Length];
        var writer = new ByteWriter(bytes);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)Kind);
        writer.UInt64(Cluster);
        writer.UInt128(Id.Value);
        writer.UInt32(Boot);
        return bytes;
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="hello">What it says.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out LinkHello hello)
    {
        var reader = new ByteReader(bytes);
        var (magic, version, kind) = (reader.UInt32(), reader.Byte(), (LinkKind)reader.Byte());
        hello = new LinkHello(kind, reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt32());
        return !reader.Failed && reader.Rest.IsEmpty && magic == Magic && version == Version
            && kind is LinkKind.Node or LinkKind.Client or LinkKind.Token or LinkKind.Store;
    }
}
