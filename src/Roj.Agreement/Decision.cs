namespace Roj.Agreement;

/// <summary>What a change makes of what a register holds.</summary>
/// <param name="IsMet">Whether its condition holds: if not, nothing changes.</param>
/// <param name="Data">What the register is to hold; null for nothing.</param>
public readonly record struct Decision(bool IsMet, ReadOnlyMemory<byte>? Data)
{
    /// <summary>The condition does not hold.</summary>
    public static Decision Refuse => default;

    /// <summary>The register is to hold this.</summary>
    public static Decision Write(ReadOnlyMemory<byte>? data) => new(true, data);
}
