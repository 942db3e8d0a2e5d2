namespace Roj.Log.Segments;

/// <summary>Records that wait for one commit, as they will stand in their segment: all of them in one.</summary>
internal sealed class Batch(Segment segment, bool opensSegment, uint start, byte[] buffer)
{
    private byte[] buffer = buffer;

    internal Segment Segment { get; } = segment;

    /// <summary>Whether the segment's file is still to be made.</summary>
    internal bool OpensSegment { get; } = opensSegment;

    internal uint Start { get; } = start;

    internal int Length { get; private set; }

    internal uint End => Start + (uint)Length;

    internal ulong LastSequence { get; private set; }

    internal ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, Length);

    /// <summary>The memory, when nobody needs the batch any more.</summary>
    internal byte[] Buffer => buffer;

    /// <summary>Room for one more record.</summary>
    internal Span<byte> Add(int bytes, ulong sequence)
    {
        if (Length + bytes > buffer.Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(Length + bytes, buffer.Length * 2));
            Bytes.CopyTo(larger);
            buffer = larger;
        }

        LastSequence = sequence;
        Length += bytes;
        return buffer.AsSpan(Length - bytes, bytes);
    }
}
