using System.Text;
using System.Text.Unicode;
using Roj.Kernel;

namespace Roj.Membership.Wire;

/// <summary>A hello as the bytes of one datagram. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0         4    5    6       7                    +16      +8        +8          +2         +2
///  +---------+----+----+-------+----------+---------+--------+----------+-----------+-----------+
///  | "ROJ!"  | 1  |kind| bytes | cluster… | node id |  boot  | yourBoot | node port | swarm port|
///  +---------+----+----+-------+----------+---------+--------+----------+-----------+-----------+
///            version
///  +-------+----------------------------------------+-------+----------------------------+--------+
///  | count | count × ( 20 file id | bytes | name… )  | count | count × ( 4 address 2 port )| zeros… |
///  +-------+----------------------------------------+-------+----------------------------+--------+
///    0–4                                              0–98
/// </code>
/// <para>An ask is always <see cref="Length"/> bytes long and an answer at most that: so no answer is larger than its question, and a
/// forged question gains nothing (invariant M7; memcached answered some 51,000 times what it was asked).</para>
/// <para>What follows the last field must be zeros: what is not understood is refused, not half understood. New fields come with a new
/// version.</para>
/// </remarks>
public static class HelloCodec
{
    /// <summary>Bytes of an ask, and the most of an answer: well within the 1,200 that pass every path unfragmented.</summary>
    public const int Length = 640;

    private const uint Magic = 0x524F4A21; // "ROJ!"
    private const byte Version = 1;

    /// <summary>Bytes of the fields that are always there: everything but the cluster, the entries and the peers.</summary>
    private const int FixedLength = 4 + 1 + 1 + 1 + NodeId.Length + 8 + 8 + 2 + 2 + 1 + 1;

    /// <summary>How many bytes <paramref name="hello"/> takes without padding, which may be more than a datagram has.</summary>
    public static int Measure(Hello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        return MeasureWithoutPeers(hello) + hello.Peers.Count * Endpoint.CompactLength;
    }

    /// <summary>The same hello, with as few of the last peers, and then of the last files, left out as must be for it to fit.</summary>
    /// <remarks>Which files stay depends on neither kind nor peers: else the catalogue would seem to change with every hello.</remarks>
    public static Hello Cut(Hello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        while (hello.Catalogue.Count > 0 && MeasureWithoutPeers(hello) > Length)
            hello = hello with { Catalogue = [.. hello.Catalogue.SkipLast(1)] };

        var room = (Length - MeasureWithoutPeers(hello)) / Endpoint.CompactLength;
        return hello.Peers.Count <= room ? hello : hello with { Peers = [.. hello.Peers.Take(room)] };
    }

    /// <summary>Writes a hello that fits (<see cref="Cut"/>) and returns how many bytes it took.</summary>
    /// <exception cref="ArgumentException">It doesn't fit into a datagram, or a field is out of its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than the datagram.</exception>
    public static int Write(Hello hello, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(hello);
        if (Measure(hello) > Length || hello.Catalogue.Count > Hello.CatalogueMax)
            throw new ArgumentException("the hello does not fit into a datagram", nameof(hello));

        var writer = new ByteWriter(destination);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)hello.Kind);
        WriteText(ref writer, hello.Cluster, Hello.ClusterBytesMax);
        writer.UInt128(hello.Id.Value);
        writer.UInt64(hello.Boot);
        writer.UInt64(hello.YourBoot);
        writer.UInt16(hello.NodePort);
        writer.UInt16(hello.SwarmPort);
        writer.Byte((byte)hello.Catalogue.Count);
        foreach (var (file, name) in hello.Catalogue)
        {
            writer.UInt128(file.High);
            writer.UInt32(file.Low);
            WriteText(ref writer, name, CatalogueEntry.NameBytesMax);
        }

        writer.Byte((byte)hello.Peers.Count);
        foreach (var (address, port) in hello.Peers)
        {
            writer.UInt32(address);
            writer.UInt16(port);
        }

        if (hello.Kind == HelloKind.Answer)
            return writer.Written;
        destination[writer.Written..Length].Clear();
        return Length;
    }

    /// <summary>Reads one whole datagram: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    public static ReadStatus TryRead(ReadOnlySpan<byte> datagram, out Hello? hello)
    {
        hello = null;
        var reader = new ByteReader(datagram);
        if (reader.UInt32() != Magic || reader.Byte() != Version)
            return ReadStatus.Malformed;
        var kind = (HelloKind)reader.Byte();
        var fits = kind switch
        {
            HelloKind.Ask => datagram.Length == Length,
            HelloKind.Answer => datagram.Length <= Length,
            _ => false,
        };
        if (!fits || !TryReadText(ref reader, Hello.ClusterBytesMax, out var cluster) || cluster.Length == 0)
            return ReadStatus.Malformed;

        var id = new NodeId(reader.UInt128());
        var boot = reader.UInt64();
        var yourBoot = reader.UInt64();
        var nodePort = reader.UInt16();
        var swarmPort = reader.UInt16();
        if (boot == 0 || nodePort == 0 || !TryReadCatalogue(ref reader, out var catalogue) || !TryReadPeers(ref reader, out var peers))
            return ReadStatus.Malformed;
        if (reader.Rest.ContainsAnyExcept((byte)0))
            return ReadStatus.Malformed;

        hello = new Hello(kind, cluster, id, boot, yourBoot, nodePort, swarmPort, catalogue, peers);
        return ReadStatus.Done;
    }

    private static int MeasureWithoutPeers(Hello hello)
    {
        var length = FixedLength + Encoding.UTF8.GetByteCount(hello.Cluster);
        foreach (var entry in hello.Catalogue)
            length += FileId.Length + 1 + Encoding.UTF8.GetByteCount(entry.Name);
        return length;
    }

    private static void WriteText(ref ByteWriter writer, string text, int bytesMax)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > bytesMax)
            throw new ArgumentException($"{bytes.Length} bytes of text where {bytesMax} may be", nameof(text));
        writer.Byte((byte)bytes.Length);
        writer.Bytes(bytes);
    }

    private static bool TryReadText(ref ByteReader reader, int bytesMax, out string text)
    {
        text = "";
        var length = reader.Byte();
        if (length > bytesMax)
            return false;
        var bytes = reader.Take(length);
        if (reader.Failed || !Utf8.IsValid(bytes))
            return false;
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static bool TryReadCatalogue(ref ByteReader reader, out CatalogueEntry[] catalogue)
    {
        catalogue = [];
        var count = reader.Byte();
        if (reader.Failed || count > Hello.CatalogueMax)
            return false;
        catalogue = new CatalogueEntry[count];
        for (var i = 0; i < count; i++)
        {
            var file = new FileId(reader.UInt128(), reader.UInt32());
            if (!TryReadText(ref reader, CatalogueEntry.NameBytesMax, out var name))
                return false;
            catalogue[i] = new CatalogueEntry(file, name);
        }

        return true;
    }

    private static bool TryReadPeers(ref ByteReader reader, out Endpoint[] peers)
    {
        peers = [];
        int count = reader.Byte();
        if (reader.Failed || count * Endpoint.CompactLength > reader.Rest.Length)
            return false;
        peers = new Endpoint[count];
        for (var i = 0; i < count; i++)
        {
            peers[i] = new Endpoint(reader.UInt32(), reader.UInt16());
            if (!peers[i].IsUsable)
                return false;
        }

        return true;
    }
}
