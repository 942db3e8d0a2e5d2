namespace Roj.Agreement;

/// <summary>What a steward wants to be asked: a reading, or a change of where a replica set is written.</summary>
/// <param name="Slot">In which slot.</param>
/// <param name="Name">Of which register.</param>
/// <param name="Change">Which change; null for a reading.</param>
internal readonly record struct StewardWants(ushort Slot, RegisterName Name, RegisterChange? Change);
