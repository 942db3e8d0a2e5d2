namespace Roj.Agreement;

/// <summary>What a change makes of what a register holds.</summary>
/// <param name="Refusal">Why nothing changes; <see cref="Refusal.None"/> if it does.</param>
/// <param name="Data">What the register is to hold; null for nothing.</param>
/// <param name="Lease">Whose it is to be.</param>
internal readonly record struct Decision(Refusal Refusal, ReadOnlyMemory<byte>? Data, Lease? Lease)
{
    public static Decision Refuse(Refusal why) => new(why, null, null);

    public static Decision Write(ReadOnlyMemory<byte>? data, Lease? lease) => new(Refusal.None, data, lease);
}
