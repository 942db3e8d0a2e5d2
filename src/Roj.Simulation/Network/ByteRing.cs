namespace Roj.Simulation.Network;

/// <summary>Bytes that wait to be cut into segments: written at the back, read from the front, each copied once on either side.</summary>
internal sealed class ByteRing(Buffers buffers)
{
    private byte[]? ring;
    private int head;

    internal int Length { get; private set; }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        if (ring is null || Length + bytes.Length > ring.Length)
            Grow(Length + bytes.Length);

        var tail = (head + Length) & (ring!.Length - 1);
        var first = Math.Min(bytes.Length, ring.Length - tail);
        bytes[..first].CopyTo(ring.AsSpan(tail));
        bytes[first..].CopyTo(ring);
        Length += bytes.Length;
    }

    internal void Read(Span<byte> destination)
    {
        Copy(destination);
        head = (head + destination.Length) & (ring!.Length - 1);
        Length -= destination.Length;
        if (Length == 0)
            Clear();
    }

    internal void Clear()
    {
        if (ring is not null)
            buffers.Return(ring, 0);
        ring = null;
        head = 0;
        Length = 0;
    }

    private void Copy(Span<byte> destination)
    {
        var first = Math.Min(destination.Length, ring!.Length - head);
        ring.AsSpan(head, first).CopyTo(destination);
        ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    private void Grow(int length)
    {
        var bigger = buffers.Rent(length); // a power of two, at least 64
        if (ring is not null)
        {
            Copy(bigger.AsSpan(0, Length));
            buffers.Return(ring, 0);
        }

        ring = bigger;
        head = 0;
    }
}
