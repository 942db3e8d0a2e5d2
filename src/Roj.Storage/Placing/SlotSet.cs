using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Some of the 256 slots.</summary>
public readonly record struct SlotSet
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = SlotMap.Slots / 8;

    private readonly UInt128 low;
    private readonly UInt128 high;

    private SlotSet(UInt128 low, UInt128 high) => (this.low, this.high) = (low, high);

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => low == 0 && high == 0;

    /// <summary>Whether it has a slot.</summary>
    public bool Has(int slot) => (((slot < 128 ? low : high) >> (slot & 127)) & 1) != 0;

    /// <summary>With another slot.</summary>
    public SlotSet With(int slot) => slot < 128
        ? new SlotSet(low | (UInt128.One << slot), high)
        : new SlotSet(low, high | (UInt128.One << (slot & 127)));

    /// <summary>Without a slot.</summary>
    public SlotSet Without(int slot) => slot < 128
        ? new SlotSet(low & ~(UInt128.One << slot), high)
        : new SlotSet(low, high & ~(UInt128.One << (slot & 127)));

    internal void Write(ref ByteWriter writer)
    {
        writer.UInt128(low);
        writer.UInt128(high);
    }

    internal static SlotSet Read(ref ByteReader reader) => new(reader.UInt128(), reader.UInt128());
}
