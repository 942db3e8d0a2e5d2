namespace Roj.Storage;

/// <summary>What a value is found by: the same name in another database is another key.</summary>
/// <remarks>In order by database, then by the bytes of the name as unsigned numbers.</remarks>
public readonly struct StorageKey : IComparable<StorageKey>, IEquatable<StorageKey>
{
    /// <summary>A key; the bytes must not change any more.</summary>
    /// <param name="database">0 to <see cref="StorageLimits.Databases"/> - 1.</param>
    /// <param name="name">1 to <see cref="StorageLimits.KeyBytesMax"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such database.</exception>
    /// <exception cref="ArgumentException">The name is empty, or too long.</exception>
    public StorageKey(int database, ReadOnlyMemory<byte> name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(database);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(database, StorageLimits.Databases);
        if (name.Length is 0 or > StorageLimits.KeyBytesMax)
            throw new ArgumentException($"a key has 1 to {StorageLimits.KeyBytesMax} bytes", nameof(name));
        Database = database;
        Name = name;
    }

    /// <summary>The number of its database.</summary>
    public int Database { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>Whether two keys are the same.</summary>
    public static bool operator ==(StorageKey left, StorageKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    public static bool operator !=(StorageKey left, StorageKey right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(StorageKey left, StorageKey right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(StorageKey left, StorageKey right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(StorageKey left, StorageKey right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(StorageKey left, StorageKey right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(StorageKey other) =>
        Database != other.Database ? Database.CompareTo(other.Database) : Name.Span.SequenceCompareTo(other.Name.Span);

    /// <inheritdoc/>
    public bool Equals(StorageKey other) => Database == other.Database && Name.Span.SequenceEqual(other.Name.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StorageKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => throw new NotSupportedException("no hash tables in cores (decision 0009)");

    /// <summary>For logs and traces: the database, and the name with bytes that are no ASCII as dots.</summary>
    public override string ToString() => $"{Database}/" + string.Create(Math.Min(Name.Length, 64), Name, static (text, name) =>
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = name.Span[i] is > 31 and < 127 ? (char)name.Span[i] : '.';
    });
}
