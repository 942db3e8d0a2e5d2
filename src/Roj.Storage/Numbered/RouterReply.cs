using Roj.Kernel;

namespace Roj.Storage;

/// <summary>What a router answers to a <see cref="ServerHello"/>.</summary>
/// <remarks>
/// <code>
///  +--------+---+---------+------------+---------+
///  | "ROJN" | 1 | verdict | 16 cluster | servers |
///  +--------+---+---------+------------+---------+
///    4        1   1                      2
/// </code>
/// All numbers are big-endian.
/// </remarks>
/// <param name="Verdict">Whether the server is welcome.</param>
/// <param name="Cluster">Which cluster it is.</param>
/// <param name="Servers">How many servers it has.</param>
public readonly record struct RouterReply(ServerVerdict Verdict, NodeId Cluster, int Servers)
{
    /// <summary>Bytes of it.</summary>
    public const int Length = sizeof(uint) + 1 + 1 + NodeId.Length + sizeof(ushort);

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Length];
        var writer = new ByteWriter(bytes);
        writer.UInt32(ServerHello.Magic);
        writer.Byte(ServerHello.Version);
        writer.Byte((byte)Verdict);
        writer.UInt128(Cluster.Value);
        writer.UInt16((ushort)Servers);
        return bytes;
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="reply">What it says.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RouterReply reply)
    {
        var reader = new ByteReader(bytes);
        var (magic, version) = (reader.UInt32(), reader.Byte());
        reply = new RouterReply((ServerVerdict)reader.Byte(), new NodeId(reader.UInt128()), reader.UInt16());
        return !reader.Failed && reader.Rest.IsEmpty && magic == ServerHello.Magic && version == ServerHello.Version
            && reply.Verdict <= ServerVerdict.OtherCluster;
    }
}
