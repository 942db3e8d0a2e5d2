using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>The least that a lawful host is: it carries out what a swarm asks for, and watches that it asks for nothing wrong.</summary>
internal sealed class HostModel(SwarmSettings settings)
{
    private readonly SortedDictionary<ConnectionId, Line> lines = [];
    private readonly SortedSet<int> right = [];
    private readonly Queue<int> unseen = new();
    private readonly List<int> hashing = [];
    private long lastDialled;

    /// <summary>The block beside the message that is being received.</summary>
    internal Block? Beside { get; set; }

    internal InfoDictionary? Info { get; private set; }

    internal IReadOnlyList<ConnectionId> Connections => [.. lines.Keys];

    internal IReadOnlyList<ConnectionId> Dialling => [.. lines.Where(line => !line.Value.IsThere).Select(line => line.Key)];

    internal bool HasVerdicts => unseen.Count + hashing.Count > 0;

    internal Line Of(ConnectionId connection) => lines[connection];

    internal void Accepted(ConnectionId connection) => lines.Add(connection, new Line { IsThere = true });

    internal void Gone(ConnectionId connection) => lines.Remove(connection);

    /// <summary>Hashes something that waits for it: the first look at the disk goes in order, the rest in any.</summary>
    internal (int Piece, bool Right) Judge(int which, bool isRight)
    {
        var at = which % (hashing.Count + Math.Min(1, unseen.Count));
        var piece = at < hashing.Count ? hashing[at] : unseen.Dequeue();
        if (at < hashing.Count)
            hashing.RemoveAt(at);
        if (isRight)
            right.Add(piece);
        return (piece, isRight);
    }

    /// <summary>Carries out all that waits in the outbox.</summary>
    internal void CarryOut(SwarmOutbox outbox)
    {
        for (var i = 0; i < outbox.Count; i++)
        {
            if (outbox[i].Message is { } message)
                Send(outbox[i].To, message);
            else if (outbox[i].Effect is { } effect)
                Do(effect);
            else if (outbox[i].Event is SwarmEvent.Completed)
                Assert.Equal(Info!.PieceCount, right.Count);
        }

        outbox.Clear();
        Beside = null;
        Assert.InRange(lines.Count, 0, settings.ConnectionsMax + settings.LobbyMax);
    }

    private void Send(ConnectionId to, PeerMessage message)
    {
        var line = Assert.Contains(to, (IReadOnlyDictionary<ConnectionId, Line>)lines);
        Assert.True(line.IsShaken, $"{message} before the handshake");
        PeerCodec.Write(message, new byte[PeerCodec.Size(message)]);
        switch (message)
        {
            case PeerMessage.Have(var piece):
                Assert.Contains(piece, right);
                break;
            case PeerMessage.HaveAll:
                Assert.Equal(Info!.PieceCount, right.Count);
                break;
            case PeerMessage.Bitfield(var bits):
                Assert.True(PieceSet.TryRead(bits.Span, Info!.PieceCount, out var told));
                Assert.Equal(right, Enumerable.Range(0, Info.PieceCount).Where(told.Has));
                break;
            case PeerMessage.Piece(var block):
                Assert.Contains(block.Piece, right);
                AssertWithin(block);
                line.UnsentBytes += block.Length;
                Assert.InRange(line.UnsentBytes, 1, settings.UnsentBytesMax + PeerCodec.BlockLengthMax - 1);
                break;
            case PeerMessage.Request(var block):
                AssertWithin(block);
                Assert.DoesNotContain(block.Piece, right);
                line.Requests.Add(block); // perhaps again: after a choke all are void
                break;
            case PeerMessage.Cancel(var block):
                Assert.Contains(block, line.Requests);
                break;
        }
    }

    private void Do(SwarmEffect effect)
    {
        switch (effect)
        {
            case SwarmEffect.Connect(var id, var peer):
                Assert.True(peer.IsUsable);
                Assert.True(id.Value > lastDialled);
                lastDialled = id.Value;
                lines.Add(id, new Line());
                break;
            case SwarmEffect.Shake(var id, _):
                Assert.True(lines[id].IsThere);
                Assert.False(lines[id].IsShaken);
                lines[id].IsShaken = true;
                break;
            case SwarmEffect.Close(var id, _):
                Assert.True(lines.Remove(id));
                break;
            case SwarmEffect.Open(var info):
                // Again, when somebody changed the file: to nobody was anything said of it since.
                Assert.True(Info is null || (ReferenceEquals(Info, info) && lines.Count == 0 && unseen.Count == 0));
                Info = info;
                right.Clear();
                hashing.Clear();
                for (var piece = 0; piece < info.PieceCount; piece++)
                    unseen.Enqueue(piece);
                break;
            case SwarmEffect.Write(var block):
                Assert.Equal(Beside, block);
                AssertChangeable(block.Piece);
                AssertWithin(block);
                break;
            case SwarmEffect.Verify(var piece):
                AssertChangeable(piece);
                hashing.Add(piece);
                break;
            case SwarmEffect.Copy(var from, var to):
                Assert.Contains(from, right);
                Assert.Equal(Info!.Hash(from), Info.Hash(to));
                AssertChangeable(to);
                hashing.Add(to);
                break;
        }
    }

    private void AssertWithin(Block block)
    {
        Assert.InRange(block.Piece, 0, Info!.PieceCount - 1);
        Assert.InRange(block.Begin, 0, Info.PieceSize(block.Piece) - 1);
        Assert.InRange(block.Length, 1, Info.PieceSize(block.Piece) - block.Begin);
    }

    // What is right stays right, and what is being hashed, or has not been looked at, is nobody's to write to.
    private void AssertChangeable(int piece)
    {
        Assert.DoesNotContain(piece, right);
        Assert.DoesNotContain(piece, hashing);
        Assert.DoesNotContain(piece, unseen);
    }

    /// <summary>One connection as the host sees it.</summary>
    internal sealed class Line
    {
        internal bool IsThere { get; set; }

        internal bool IsShaken { get; set; }

        internal bool IsAnswered { get; set; }

        internal long UnsentBytes { get; set; }

        /// <summary>What was asked by it and not answered.</summary>
        internal List<Block> Requests { get; } = [];
    }
}
