using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Tests.Files;

/// <summary>The downloads of a file of which we have nothing, and the peers that have it: the short words of their tests.</summary>
internal sealed class Fetching
{
    private readonly List<Peer> peers = [];
    private readonly SwarmSettings settings;

    internal Fetching(string contents, SwarmSettings? settings = null, int pieceBytes = 2 * Swarming.BlockBytes, int missingBytes = 0)
    {
        this.settings = settings ?? Swarming.Settings;
        Table = new PieceTable(Swarming.File(contents, pieceBytes, missingBytes: missingBytes));
        Downloads = new Downloads(this.settings, Table, new Rng(1));
        for (var piece = 0; piece < contents.Length; piece++)
            Verified(piece, right: false);
        Outbox.Clear();
    }

    internal PieceTable Table { get; }

    internal Downloads Downloads { get; }

    internal SwarmOutbox Outbox { get; } = new();

    internal Instant Now { get; set; }

    internal static Block Half(int piece, int which) => new(piece, which * Swarming.BlockBytes, Swarming.BlockBytes);

    /// <summary>A peer that chokes nobody.</summary>
    internal Peer Join(int number, params IEnumerable<int> pieces)
    {
        var set = Swarming.Pieces(Table.Info.PieceCount, pieces);
        var peer = new Peer(settings, new ConnectionId(number), Swarming.Place(number), outgoing: true, Table.Info.InfoHash)
        {
            IsOpen = true,
            Fast = true,
            ChokesUs = false,
            Pieces = set,
            Useful = set.Count,
        };
        peers.Add(peer);
        Downloads.Picker.Counted(set, gone: false);
        return peer;
    }

    /// <summary>Gives a peer work; what it was asked for.</summary>
    internal List<Block> Ask(Peer peer)
    {
        Downloads.Fill(Now, peer, Outbox);
        return [.. Outbox.TakeSent<PeerMessage.Request>().Select(sent => sent.Message.Block)];
    }

    /// <summary>A block comes; null if it was unlawful, else what that led to.</summary>
    internal List<string>? Arrive(Peer peer, Block block) =>
        Downloads.Arrived(Now, peer, block, peers.Where(other => other != peer), Outbox) ? [.. Outbox.TakeLines()] : null;

    /// <summary>A peer sends all of a piece, in order, and was asked for it.</summary>
    internal void ArriveWhole(Peer peer, int piece)
    {
        foreach (var block in peer.Requests.Where(block => block.Piece == piece).ToList())
            Downloads.Arrived(Now, peer, block, peers.Where(other => other != peer), Outbox);
        Outbox.Clear();
    }

    internal uint? Verified(int piece, bool right)
    {
        Table.Verified(piece, right);
        return Downloads.Verified(piece, right, Outbox);
    }
}
