using System.Globalization;

namespace Roj.Files;

/// <summary>How a swarm names a connection: a number that it gave out itself and never gives out again.</summary>
/// <param name="Value">The number, from 1.</param>
public readonly record struct ConnectionId(long Value) : IComparable<ConnectionId>
{
    /// <inheritdoc/>
    public int CompareTo(ConnectionId other) => Value.CompareTo(other.Value);

    /// <summary>Such as <c>#7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Value}");
}
