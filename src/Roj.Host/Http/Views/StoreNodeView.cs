namespace Roj.Host.Http.Views;

/// <summary>One who keeps keys.</summary>
/// <param name="Id">Who.</param>
/// <param name="Slots">How many of the 256 slots he keeps a copy of.</param>
/// <param name="SlotsFirst">Of how many of them he is the one who is asked first.</param>
/// <param name="SlotsBehind">Where a majority decides: in how many of them he lacked something when this node compared what it has with him
/// last. It is sent to him; who reads does not miss it, for a majority has it.</param>
public sealed record StoreNodeView(string Id, int Slots, int SlotsFirst, int SlotsBehind);
