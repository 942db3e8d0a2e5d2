#pragma warning disable RS0030 // the one place where there is a hash table: see the decision record 0060

namespace Roj.Kernel;

/// <summary>Finds values by their keys, and can't be gone through: how keys are hashed differs from process to process, and nothing that a
/// core does may depend on it.</summary>
/// <remarks>A look-up takes the same time however many there are. Hashes begin with a number that is drawn anew in each process, so that
/// who chooses keys can't choose which ones collide. What is done with many keys at once is done in their own order, or has none that
/// shows.</remarks>
/// <typeparam name="TKey">Keys: equal if and only if they compare as equal.</typeparam>
/// <typeparam name="TValue">What is found by them.</typeparam>
public sealed class Table<TKey, TValue>
    where TKey : notnull, IEquatable<TKey>
{
    private readonly Dictionary<TKey, TValue> entries = [];

    /// <summary>Keys that are in it.</summary>
    public int Count => entries.Count;

    /// <summary>The value of a key; setting it adds the key, or replaces its value.</summary>
    /// <exception cref="KeyNotFoundException">On reading: the key is not in it.</exception>
    public TValue this[TKey key]
    {
        get => entries[key];
        set => entries[key] = value;
    }

    /// <summary>Adds a key that is not in it.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    public void Add(TKey key, TValue value) => entries.Add(key, value);

    /// <summary>Whether a key is in it.</summary>
    public bool Has(TKey key) => entries.ContainsKey(key);

    /// <summary>The value of a key, if it is in it.</summary>
    public bool TryGetValue(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value) =>
        entries.TryGetValue(key, out value);

    /// <summary>Takes a key out.</summary>
    /// <returns>Whether it was in it.</returns>
    public bool Remove(TKey key) => entries.Remove(key);

    /// <summary>Takes a key out.</summary>
    /// <returns>Whether it was in it; then with its value.</returns>
    public bool Remove(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value) =>
        entries.Remove(key, out value);

    /// <summary>Takes all keys out that <paramref name="which"/> says; it is asked of each in no order that means anything.</summary>
    public void RemoveWhere(Func<TKey, TValue, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        foreach (var (key, value) in entries)
        {
            if (which(key, value))
                entries.Remove(key);
        }
    }

    /// <summary>Takes all out.</summary>
    public void Clear() => entries.Clear();

    /// <summary>The keys, in their order: this goes through all.</summary>
    public TKey[] SortedKeys()
    {
        TKey[] keys = [.. entries.Keys];
        Array.Sort(keys);
        return keys;
    }
}
