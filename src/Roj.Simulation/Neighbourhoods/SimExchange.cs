using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>One stream on which beliefs are exchanged: what has arrived and is no whole frame yet.</summary>
internal sealed class SimExchange(Instant begun, Endpoint? asked, bool isDispute = false)
{
    private byte[] held = new byte[256];
    private int count;

    public SimStream? Stream { get; set; }

    /// <summary>Whom we asked; null if it was the other end that began.</summary>
    public Endpoint? Asked { get; } = asked;

    /// <summary>Whether it is about whose the identity is, not about beliefs.</summary>
    public bool IsDispute => isDispute;

    /// <summary>When something last came.</summary>
    public Instant HeardAt { get; private set; } = begun;

    public bool HasEnded { get; set; }

    public ReadOnlySpan<byte> Held => held.AsSpan(0, count);

    public void Append(Instant now, ReadOnlySpan<byte> bytes)
    {
        HeardAt = now;
        if (count + bytes.Length > held.Length)
            Array.Resize(ref held, Math.Max(2 * held.Length, count + bytes.Length));
        bytes.CopyTo(held.AsSpan(count));
        count += bytes.Length;
    }

    public void Drop(int bytes)
    {
        held.AsSpan(bytes, count - bytes).CopyTo(held);
        count -= bytes;
    }
}
