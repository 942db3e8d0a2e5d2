namespace Roj.Simulation.Disk;

/// <summary>The bytes of a file in one of its two images; what was never written reads as zero.</summary>
internal sealed class Content
{
    private byte[] bytes = [];

    internal Content()
    {
    }

    internal Content(byte[] bytes)
    {
        this.bytes = bytes;
        Length = bytes.Length;
    }

    internal int Length { get; private set; }

    internal Span<byte> Span => bytes.AsSpan(0, Length);

    internal void Write(int offset, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        if (offset + data.Length > Length)
            SetLength(offset + data.Length);
        data.CopyTo(bytes.AsSpan(offset));
    }

    internal void SetLength(int length)
    {
        if (length > bytes.Length)
            Array.Resize(ref bytes, Math.Max(length, Math.Max(256, bytes.Length * 2)));
        // What lies beyond the end must be zero if the file grows again.
        if (length < Length)
            bytes.AsSpan(length, Length - length).Clear();
        Length = length;
    }

    internal void CopyFrom(Content other)
    {
        SetLength(0);
        Write(0, other.Span);
        SetLength(other.Length);
    }
}
