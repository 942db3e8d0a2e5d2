using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Swarms;

/// <summary>One connection of a simulated node: what has arrived and was not understood yet.</summary>
internal sealed class SimConnection(ConnectionId id, SimStream stream)
{
    private byte[] held = new byte[1024];

    public ConnectionId Id { get; } = id;

    public SimStream Stream { get; } = stream;

    public PeerReader Reader { get; } = new();

    /// <summary>What its peer said in its handshake; null before.</summary>
    public Handshake? Shaken { get; set; }

    /// <summary>Payload that was written and of which the node has not heard that the kernel took it.</summary>
    public long UndrainedBytes { get; set; }

    /// <summary>When the first byte of what is held came.</summary>
    public Instant Begun { get; private set; }

    public int HeldCount { get; private set; }

    public ReadOnlyMemory<byte> Held => held.AsMemory(0, HeldCount);

    public void Append(Instant now, ReadOnlySpan<byte> bytes)
    {
        Begun = HeldCount == 0 ? now : Begun;
        if (HeldCount + bytes.Length > held.Length)
            Array.Resize(ref held, Math.Max(2 * held.Length, HeldCount + bytes.Length));
        bytes.CopyTo(held.AsSpan(HeldCount));
        HeldCount += bytes.Length;
    }

    public void Drop(Instant now, int count)
    {
        Begun = now;
        held.AsSpan(count, HeldCount - count).CopyTo(held);
        HeldCount -= count;
    }

    /// <summary>Writes a message; false if the disk failed, where it needed bytes of the file.</summary>
    public bool TrySay(PeerMessage message, InfoDictionary? info, SimStore store, Manner manner, Rng rng)
    {
        if (manner is Manner.Spoiling)
            Manners.Pester(Stream, message, info, rng);
        var header = PeerCodec.Size(message);
        var bytes = new byte[header + (message is PeerMessage.Piece(var block) ? block.Length : 0)];
        PeerCodec.Write(message, bytes);
        var payload = bytes.AsSpan(header);
        if (message is PeerMessage.Piece given && !store.TryRead(info!, given.Block, payload))
            return false;
        if (payload.Length > 0 && manner is Manner.Spoiling)
            Manners.Spoil(payload, rng);
        Stream.Write(bytes);
        return true;
    }
}
