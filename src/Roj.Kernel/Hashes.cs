#pragma warning disable RS0030 // for tables alone, which have no order: see the decision record 0060

namespace Roj.Kernel;

/// <summary>Hashes of keys that <see cref="Table{TKey,TValue}"/> finds by: others in each process.</summary>
public static class Hashes
{
    /// <summary>Of bytes.</summary>
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
