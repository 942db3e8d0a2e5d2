namespace Roj.Agreement;

/// <summary>A record in a listing.</summary>
/// <param name="Key">Under which key it was saved.</param>
/// <param name="Head">How what was saved begins: its first <see cref="IStableStore.HeadBytes"/>, or all if there are fewer.</param>
public readonly record struct StoredHead(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Head);
