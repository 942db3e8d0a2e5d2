using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>Where a node's randomness comes from.</summary>
internal static class Identity
{
    /// <summary>128 random bits of the operating system's.</summary>
    /// <remarks>By way of <see cref="Guid"/>s, which the runtime fills from the system; its source of secrets would load OpenSSL,
    /// megabytes that an idle node does without. Six bits of each are not random: four bytes apart, those of one are covered by the
    /// other's.</remarks>
    public static NodeId Draw()
    {
        Span<byte> one = stackalloc byte[NodeId.Length];
        Span<byte> other = stackalloc byte[NodeId.Length];
        Guid.NewGuid().TryWriteBytes(one);
        Guid.NewGuid().TryWriteBytes(other);
        for (var i = 0; i < one.Length; i++)
            one[i] ^= other[(i + 4) % other.Length];
        return new NodeId(BinaryPrimitives.ReadUInt128BigEndian(one));
    }
}
