using System.Diagnostics.CodeAnalysis;
using Roj.Files.Bencoding;
using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Node;

/// <summary>What a node keeps from one life to the next: the description of its file, and where others were.</summary>
/// <remarks>On disk it is one bencoded dictionary, <c>{"info": …, "peers": compact endpoints (BEP 23)}</c>, the shape of a .torrent file
/// (BEP 3), written anew beside the old one and renamed over it. It is a convenience: what can't be read is forgotten, and found
/// again.</remarks>
/// <param name="Info">The description, if it is known.</param>
/// <param name="Peers">Where other nodes were, by the port between nodes.</param>
public sealed record NodeMemory(InfoDictionary? Info, IReadOnlyList<Endpoint> Peers)
{
    /// <summary>Peers kept at most.</summary>
    public const int PeersMax = 256;

    /// <summary>A node's first memory.</summary>
    public static NodeMemory Empty { get; } = new(null, []);

    /// <summary>Reads what <see cref="Write"/> wrote; false if it is anything else.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NodeMemory? memory)
    {
        memory = null;
        InfoDictionary? info = null;
        List<Endpoint> peers = [];
        var reader = new BencodeReader(bytes.Span);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("info"u8))
            {
                var raw = reader.Raw();
                if (reader.Failed || !InfoDictionary.TryRead(raw.ToArray(), out info))
                    return false;
            }
            else if (key.SequenceEqual("peers"u8))
            {
                var compact = new ByteReader(reader.Bytes());
                while (compact.Rest.Length >= Endpoint.CompactLength && peers.Count < PeersMax)
                    peers.Add(new Endpoint(compact.UInt32(), compact.UInt16()));
                if (compact.Rest.Length % Endpoint.CompactLength != 0)
                    return false;
            }
            else
            {
                reader.Skip();
            }
        }

        if (reader.Failed || !reader.Rest.IsEmpty)
            return false;
        memory = new NodeMemory(info, peers);
        return true;
    }

    /// <summary>The bytes to keep.</summary>
    public byte[] Write()
    {
        var kept = Peers.Take(PeersMax).ToArray();
        var compact = new byte[kept.Length * Endpoint.CompactLength];
        var endpoints = new ByteWriter(compact);
        foreach (var peer in kept)
        {
            endpoints.UInt32(peer.Address);
            endpoints.UInt16(peer.Port);
        }

        var writer = new BencodeWriter();
        writer.BeginDictionary();
        if (Info is not null)
        {
            writer.Key("info"u8);
            writer.Raw(Info.Bytes.Span);
        }

        writer.Key("peers"u8);
        writer.Bytes(compact);
        writer.End();
        return writer.ToArray();
    }
}
