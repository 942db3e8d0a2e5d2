using System.Net;
using Roj.Kernel;
using Roj.Log;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>How a node's part in the store stands.</summary>
/// <param name="Map">Which nodes have the copies of which keys; null before that is known.</param>
/// <param name="Copies">How many copies there are to be of each key.</param>
/// <param name="Log">How the log stands.</param>
/// <param name="IsFull">Whether the disk has no room.</param>
/// <param name="Hints">How many writes are kept for each node that can't be reached.</param>
/// <param name="HeldSlots">Of how many slots keys are here though they are others' by now.</param>
/// <param name="Calls">Calls under way.</param>
/// <param name="Clients">Clients that speak RESP.</param>
/// <param name="Listen">Where they are listened for; null if nowhere.</param>
internal sealed record StoreStatus(
    SlotMap? Map,
    int Copies,
    LogFigures Log,
    bool IsFull,
    IReadOnlyList<(NodeId For, long Count)> Hints,
    int HeldSlots,
    int Calls,
    int Clients,
    IPEndPoint? Listen);
