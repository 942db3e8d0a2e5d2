using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Tests.Files;

namespace Roj.Tests.Fuzz;

/// <summary>Bytes read as decisions: well-formed messages that an honest, broken or hostile peer may send.</summary>
internal sealed class Hostility(byte[] decisions, InfoDictionary file)
{
    /// <summary>In one life of eight most peers serve another file, whose dictionary describes nothing.</summary>
    private readonly bool isOther = decisions is [var first, ..] && first % 8 == 0;

    private int at;

    private static ReadOnlySpan<byte> Another => "another"u8;

    internal bool IsOver => at >= decisions.Length;

    /// <summary>A number below <paramref name="limit"/>, at most 256.</summary>
    internal int Next(int limit) => IsOver ? 0 : decisions[at++] % limit;

    internal Endpoint Place() => Swarming.Place(Next(10), (ushort)(6880 + Next(3)));

    internal Handshake Handshake() => new(
        Next(16) switch
        {
            0 => Sha1Digest.Of(Another),
            1 => file.Renamed("alias").InfoHash,
            _ => isOther ? Sha1Digest.Of(Another) : file.InfoHash,
        },
        // 100 are we.
        Breaks() ? Swarming.Id(100) : Next(4) == 0 ? Swarming.ForeignId(98 + Next(5)) : Swarming.Id(97 + Next(7)),
        Fast: Next(3) > 0,
        Extended: Next(8) > 0);

    internal PeerMessage Message(HostModel.Line line) => Next(24) switch
    {
        0 => new PeerMessage.KeepAlive(),
        1 => new PeerMessage.Choke(),
        2 or 3 => new PeerMessage.Unchoke(),
        4 => new PeerMessage.Interested(),
        5 => new PeerMessage.NotInterested(),
        6 or 7 => new PeerMessage.Have(Index()),
        8 => Bitfield(),
        9 or 10 => new PeerMessage.HaveAll(),
        11 => new PeerMessage.HaveNone(),
        12 => new PeerMessage.Suggest(Index()),
        13 => new PeerMessage.AllowedFast(Index()),
        14 or 15 => new PeerMessage.Request(Block()),
        16 => new PeerMessage.Cancel(Block()),
        17 => new PeerMessage.Reject(Answered(line)),
        18 => new PeerMessage.Unknown((byte)(21 + Next(200))),
        19 or 20 or 21 => Extended(),
        _ when line.Requests.Count > 0 || Breaks() => new PeerMessage.Piece(Answered(line)),
        _ => new PeerMessage.HaveAll(),
    };

    // A breach ends a connection: most of what is said is lawful, else nothing would ever come of it.
    private bool Breaks() => Next(64) == 0;

    private int Index() => !Breaks() && file.PieceCount > 0 ? Next(file.PieceCount) : Next(2) == 0 ? file.PieceCount : int.MaxValue;

    /// <summary>Mostly something that was asked for.</summary>
    private Block Answered(HostModel.Line line)
    {
        if (line.Requests.Count == 0 || Breaks())
            return Block();
        var which = Next(2) == 0 ? 0 : Next(line.Requests.Count);
        var block = line.Requests[which];
        if (!Breaks())
            line.Requests.RemoveAt(which); // else it will be answered twice
        return block;
    }

    private Block Block()
    {
        var piece = Index();
        if (Breaks())
            return new Block(piece, int.MaxValue - PeerCodec.BlockLengthMax, PeerCodec.BlockLengthMax); // the farthest that a codec lets by
        var begin = Breaks() ? Next(256) : file.PieceLength / 2 * Next(2);
        return new Block(piece, begin, Breaks() ? 1 + Next(256) : file.PieceLength / 2 - 10);
    }

    private PeerMessage.Bitfield Bitfield()
    {
        var bits = new byte[((file.PieceCount + 7) / 8) + (Breaks() ? 1 : 0)];
        for (var i = 0; i < bits.Length && i < 8; i++)
            bits[i] = (byte)Next(256);
        if (file.PieceCount % 8 > 0 && !Breaks())
            bits[^1] &= (byte)(0xFF00 >> (file.PieceCount % 8));
        return new PeerMessage.Bitfield(bits);
    }

    private PeerMessage.Extended Extended()
    {
        switch (Next(20))
        {
            case 0:
                return new PeerMessage.Extended((byte)Next(4), "d1:ad1:bi1eee"u8.ToArray());
            case 1:
                return new PeerMessage.Extended((byte)Next(4), Enumerable.Range(0, Next(20)).Select(_ => (byte)Next(256)).ToArray());
            case 2:
                var added = Enumerable.Range(0, Next(PeerExchangeMessage.EndpointsMax + 1)).Select(_ => Place()).ToArray();
                return new PeerMessage.Extended(2, new PeerExchangeMessage(added, []).Write());
            case < 10:
                return new PeerMessage.Extended(1, Metadata().Write());
            default:
                var hello = new ExtendedHandshake
                {
                    MetadataId = Next(4) == 0 ? null : (byte)Next(4),
                    PeerExchangeId = Next(8) == 0 ? null : (byte)Next(4),
                    MetadataSize = Next(3) > 0 ? isOther ? Another.Length : file.Bytes.Length : Next(2) == 0 ? null : 1 + Next(200),
                    ListenPort = Next(2) == 0 ? null : (ushort)(6880 + Next(3)),
                };
                return new PeerMessage.Extended(0, hello.Write());
        }
    }

    private MetadataMessage Metadata()
    {
        var part = Next(MetadataMessage.CountPieces(file.Bytes.Length));
        if (Next(4) is var kind && kind < 2)
            return kind == 0 ? new MetadataMessage.Request(Next(9)) : new MetadataMessage.Reject(part);
        if (isOther)
            return new MetadataMessage.Data(0, Another.Length, Another.ToArray());
        var bytes = file.Bytes.ToArray();
        bytes[^1] ^= (byte)(Next(8) == 0 ? 1 : 0);
        var from = part * MetadataMessage.PieceLength;
        return new MetadataMessage.Data(
            part, bytes.Length, bytes.AsMemory(from, MetadataMessage.PieceSize(part, bytes.Length)));
    }
}
