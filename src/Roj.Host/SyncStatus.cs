using Roj.Files.Metadata;

namespace Roj.Host;

/// <summary>How a sync job stands.</summary>
/// <param name="Info">The description; null until it is known.</param>
/// <param name="Have">Parts that are right.</param>
/// <param name="Unchecked">Parts that were not looked at since the start.</param>
/// <param name="Peers">Connections of the swarm.</param>
/// <param name="Company">Other nodes that are there.</param>
/// <param name="IsComplete">Whether the data file is right.</param>
public sealed record SyncStatus(InfoDictionary? Info, int Have, int Unchecked, int Peers, int Company, bool IsComplete);
