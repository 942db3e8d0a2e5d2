namespace Roj.Host.Net;

/// <summary>What went over links between nodes, and from clients, since the start.</summary>
/// <param name="Links">Links to other nodes that are up.</param>
/// <param name="Clients">Clients that are connected.</param>
/// <param name="Sent">Messages for other nodes that were taken.</param>
/// <param name="Received">Messages that came from other nodes.</param>
/// <param name="Dropped">Messages for which there was no link, or no room in its queue: the protocol repeats itself.</param>
/// <param name="Malformed">Links that were hung up on for what came over them.</param>
/// <param name="Refused">Callers that are no members here, or for whom there was no place.</param>
internal readonly record struct LinkCounts(int Links, int Clients, long Sent, long Received, long Dropped, long Malformed, long Refused);
