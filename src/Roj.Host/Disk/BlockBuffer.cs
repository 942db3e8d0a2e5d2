using System.Buffers;

namespace Roj.Host.Disk;

/// <summary>The payload of one large block, received into a pooled array that is its alone.</summary>
/// <remarks>Whoever received it returns it, unless somebody kept it, who then does.</remarks>
internal sealed class BlockBuffer(int length)
{
    private readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(length);

    public Memory<byte> Memory => bytes.AsMemory(0, length);

    /// <summary>Whether somebody still reads it who will return it.</summary>
    public bool IsKept { get; private set; }

    /// <summary>The caller returns it, later.</summary>
    public void Keep() => IsKept = true;

    public void Return() => ArrayPool<byte>.Shared.Return(bytes);
}
