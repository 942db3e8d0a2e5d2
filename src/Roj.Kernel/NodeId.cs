using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roj.Kernel;

/// <summary>Who a node is: 128 random bits, kept in its data directory for as long as that lives.</summary>
/// <param name="Value">The bits, as a number, so that ids have an order.</param>
public readonly record struct NodeId(UInt128 Value) : IComparable<NodeId>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 16;

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.Value > right.Value;

    /// <summary>A fresh identity.</summary>
    public static NodeId Random(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        return new NodeId(new UInt128(rng.NextUInt64(), rng.NextUInt64()));
    }

    /// <summary>Reads 32 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        var parsed = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        id = new NodeId(value);
        return parsed && text!.Length == 2 * Length;
    }

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
