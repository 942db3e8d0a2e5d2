using Roj.Kernel;

namespace Roj.Storage;

/// <summary>When something was written, as routers count: of two versions of a key the one with the later stamp stays,
/// everywhere.</summary>
/// <remarks>No stamp is given twice: a router's time only grows within one of its starts, and no two of its starts have one
/// number.</remarks>
/// <param name="Time">A hybrid logical time (<see cref="HybridClock"/>): milliseconds since 1970 times 65,536, by the fastest
/// clock.</param>
/// <param name="Router">Who gave it.</param>
/// <param name="Boot">In which of his starts.</param>
public readonly record struct Stamp(ulong Time, NodeId Router, uint Boot) : IComparable<Stamp>
{
    /// <summary>Bytes on the wire and on the disk.</summary>
    public const int Length = sizeof(ulong) + NodeId.Length + sizeof(uint);

    /// <summary>Before all others: of a key that nobody has written.</summary>
    public static Stamp None => default;

    /// <summary>Whether <paramref name="left"/> is earlier than <paramref name="right"/>.</summary>
    public static bool operator <(Stamp left, Stamp right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is later than <paramref name="right"/>.</summary>
    public static bool operator >(Stamp left, Stamp right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not later than <paramref name="right"/>.</summary>
    public static bool operator <=(Stamp left, Stamp right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not earlier than <paramref name="right"/>.</summary>
    public static bool operator >=(Stamp left, Stamp right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Stamp other)
    {
        var byTime = Time.CompareTo(other.Time);
        if (byTime != 0)
            return byTime;
        var byRouter = Router.CompareTo(other.Router);
        return byRouter != 0 ? byRouter : Boot.CompareTo(other.Boot);
    }

    /// <summary>The time, and who gave it.</summary>
    public override string ToString() => $"{Time >> 16}+{Time & 0xFFFF}.{Router.ToString()[..8]}.{Boot}";

    internal void Write(ref ByteWriter writer)
    {
        writer.UInt64(Time);
        writer.UInt128(Router.Value);
        writer.UInt32(Boot);
    }

    internal static Stamp Read(ref ByteReader reader) => new(reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt32());
}
