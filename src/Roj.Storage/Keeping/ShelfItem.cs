namespace Roj.Storage;

/// <summary>A version that a walk has come to.</summary>
/// <param name="Hash">Of the key.</param>
/// <param name="Key">The key.</param>
/// <param name="Head">What is known of it without what it holds.</param>
public readonly record struct ShelfItem(ulong Hash, StorageKey Key, EntryHead Head);
