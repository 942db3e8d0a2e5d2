namespace Roj.Log;

/// <summary>A record that a walk has come to.</summary>
/// <param name="Hash">Of its key.</param>
/// <param name="Key">The key; empty if the record's bytes are not those that were written, or can't be read.</param>
/// <param name="Head">The first bytes of its value, at most so many as were asked for. Of records over 4 KiB they were not
/// checked.</param>
public readonly record struct LogWalked(ulong Hash, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Head);
