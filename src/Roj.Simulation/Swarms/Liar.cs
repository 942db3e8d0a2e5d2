using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Swarms;

/// <summary>What a dishonest peer does beside what an honest one does.</summary>
internal static class Liar
{
    /// <summary>Flips a bit of one payload in two.</summary>
    public static void Spoil(Span<byte> payload, Rng rng)
    {
        if (rng.Chance(1, 2))
            payload[rng.Next(payload.Length)] ^= (byte)(1 << rng.Next(8));
    }

    /// <summary>Asks for what it was never told of, now and then for what does not exist.</summary>
    public static void Pester(SimStream stream, PeerMessage said, InfoDictionary? info, Rng rng)
    {
        if (said is not (PeerMessage.HaveAll or PeerMessage.Bitfield) || info is not { PieceCount: > 0 })
            return;
        var piece = rng.Next(info.PieceCount + 1);
        var request = new PeerMessage.Request(new Block(piece, 0, piece < info.PieceCount ? info.PieceSize(piece) : 1));
        Span<byte> bytes = stackalloc byte[PeerCodec.Size(request)];
        PeerCodec.Write(request, bytes);
        stream.Write(bytes);
    }
}
