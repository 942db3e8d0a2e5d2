using Roj.Agreement;
using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Where a key is in <c>quorum</c> mode: which register it is, and in which slot.</summary>
/// <remarks>
/// <code>
/// name of the register   1 database | name of the key
/// slot                   1 to 256: 1 + the last byte of the CRC-32C of that; of fewer slots 1 + what is left of it by their number
/// </code>
/// </remarks>
public static class KeySlots
{
    /// <summary>How many slots there are, unless trials have fewer; slot 0 is the system's.</summary>
    public const int Count = 256;

    /// <summary>The register that a key is.</summary>
    public static RegisterName NameOf(StorageKey key)
    {
        var bytes = new byte[1 + key.Name.Length];
        bytes[0] = (byte)key.Database;
        key.Name.CopyTo(bytes.AsMemory(1));
        return new RegisterName(bytes);
    }

    /// <summary>The slot that a register is in.</summary>
    /// <param name="name">The register.</param>
    /// <param name="slots">How many there are, 1 to <see cref="Count"/>.</param>
    public static ushort SlotOf(RegisterName name, int slots = Count) => (ushort)(1 + ((byte)Crc.Of(name.Bytes) % slots));

    /// <summary>The key that a register is; null if it is none.</summary>
    public static StorageKey? KeyOf(RegisterName name) =>
        name.Bytes is { Length: > 1 and <= StorageLimits.KeyBytesMax + 1 } bytes && bytes[0] < StorageLimits.Databases
            ? new StorageKey(bytes[0], bytes[1..].ToArray())
            : null;
}
