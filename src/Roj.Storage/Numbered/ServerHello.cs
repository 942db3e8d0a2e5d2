using Roj.Kernel;

namespace Roj.Storage;

/// <summary>What a numbered server says first to its router.</summary>
/// <remarks>
/// <code>
///  +--------+---+--------+------------+-------+
///  | "ROJN" | 1 | number | 16 cluster | 16 id |   cluster 0: none yet
///  +--------+---+--------+------------+-------+
///    4        1   2
/// </code>
/// All numbers are big-endian. Behind it, once it is welcome, come frames (<see cref="Wire.StorageFrame"/>).
/// </remarks>
/// <param name="Number">Which server it wants to be.</param>
/// <param name="Cluster">Of which cluster its data directory is.</param>
/// <param name="Id">Whose the data directory is.</param>
public readonly record struct ServerHello(int Number, NodeId Cluster, NodeId Id)
{
    /// <summary>Bytes of it.</summary>
    public const int Length = sizeof(uint) + 1 + sizeof(ushort) + (2 * NodeId.Length);

    /// <summary>What both sides begin with: "ROJN".</summary>
    internal const uint Magic = 0x524F4A4E;

    /// <summary>Which version of this.</summary>
    internal const byte Version = 1;

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Length];
        var writer = new ByteWriter(bytes);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.UInt16((ushort)Number);
        writer.UInt128(Cluster.Value);
        writer.UInt128(Id.Value);
        return bytes;
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="hello">What it says.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ServerHello hello)
    {
        var reader = new ByteReader(bytes);
        var (magic, version) = (reader.UInt32(), reader.Byte());
        hello = new ServerHello(reader.UInt16(), new NodeId(reader.UInt128()), new NodeId(reader.UInt128()));
        return !reader.Failed && reader.Rest.IsEmpty && magic == Magic && version == Version;
    }
}
