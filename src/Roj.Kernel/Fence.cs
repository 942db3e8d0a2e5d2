using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Roj.Kernel;

/// <summary>By which right something is written: as the holder of a lease, the how manieth writing under it.</summary>
/// <remarks>A lease alone can't stop a paused process that wakes up in the middle of a write. Whatever was written keeps the greatest
/// fence that wrote it under a lease's name and refuses a lower one. What the successor has not written yet is not protected.</remarks>
/// <param name="Lease">The lease's name.</param>
/// <param name="Epoch">Which holding of it: grows with every holder.</param>
/// <param name="Sequence">Grows with every writing under it.</param>
public readonly record struct Fence(string Lease, ulong Epoch, ulong Sequence)
{
    /// <summary>UTF-8 bytes of a lease's name at most.</summary>
    public const int LeaseBytesMax = 255;

    /// <summary>Whether this one was handed out before another of the same lease.</summary>
    public bool IsBefore(Fence other) => (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence)) < 0;

    /// <summary>Whether what keeps these fences refuses this one: a later one of the same lease has written there.</summary>
    public bool IsRefusedBy(IEnumerable<Fence> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var mine = this;
        return kept.Any(fence => fence.Lease == mine.Lease && mine.IsBefore(fence));
    }

    /// <summary>What is kept after a writing under this one: it, and those of other leases.</summary>
    public IReadOnlyList<Fence> Above(IEnumerable<Fence> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var mine = this;
        return [.. kept.Where(fence => fence.Lease != mine.Lease), mine];
    }

    /// <summary>It in one word, such as <c>token/deploy:3:12</c>.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Lease}:{Epoch}:{Sequence}");

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    /// <param name="text">A lease's name, of 1 to <see cref="LeaseBytesMax"/> bytes without control characters, and two numbers.</param>
    /// <param name="fence">It.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead([NotNullWhen(true)] string? text, out Fence fence)
    {
        fence = default;
        if (text?.LastIndexOf(':') is not (> 0 and var second) || text.LastIndexOf(':', second - 1) is not (> 0 and var first)
            || text.AsSpan(0, first).ContainsAnyInRange('\0', '\u001f') || Encoding.UTF8.GetByteCount(text.AsSpan(0, first)) > LeaseBytesMax
            || !TryRead(text.AsSpan(first + 1, second - first - 1), out var epoch) || !TryRead(text.AsSpan(second + 1), out var sequence))
        {
            return false;
        }

        fence = new Fence(text[..first], epoch, sequence);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<char> text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
