namespace Roj.EndToEnd.Storage;

/// <summary>How a node's store stands, as it says.</summary>
/// <param name="Map">Which map it follows; empty for none.</param>
/// <param name="Nodes">Who keeps keys by it.</param>
/// <param name="Hints">Writes that it keeps for others.</param>
/// <param name="SlotsToHandOn">Slots whose keys it has though they are others' by now.</param>
internal sealed record StoreSight(string Map, IReadOnlyList<string> Nodes, long Hints, int SlotsToHandOn);
