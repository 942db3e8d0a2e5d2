using Roj.Host.Storage;

namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/store</c> says: how the store stands, as this node knows.</summary>
/// <param name="Mode"><c>available</c>: whoever can be reached takes what is written, and the later of two writings stays;
/// <c>quorum</c>: a majority of each key's copies decides.</param>
/// <param name="Copies">How many nodes are to keep each key.</param>
/// <param name="MapVersion">Which nodes keep which keys, as it was decided last: leader's term and version; null before that is
/// known.</param>
/// <param name="Nodes">Who keeps keys, and how many of the 256 slots each.</param>
/// <param name="Records">Versions of keys that are kept here, those of deleted keys and hints too.</param>
/// <param name="LiveBytes">Bytes of them on the disk.</param>
/// <param name="DeadBytes">Bytes on the disk that compaction gives back.</param>
/// <param name="IsFull">Whether the disk has no room: nothing more is taken.</param>
/// <param name="Hints">Writes that are kept here for nodes that can't be reached.</param>
/// <param name="SlotsToHandOn">Slots whose keys are here, though other nodes keep them by now.</param>
/// <param name="SlotsMoving">Where a majority decides: slots that are on their way to other nodes.</param>
/// <param name="Calls">Calls under way.</param>
/// <param name="Clients">Clients that are connected by the Redis protocol.</param>
/// <param name="Listen">Where they are listened for; null if nowhere.</param>
public sealed record StoreView(
    string Mode,
    int Copies,
    string? MapVersion,
    IReadOnlyList<StoreNodeView> Nodes,
    long Records,
    long LiveBytes,
    long DeadBytes,
    bool IsFull,
    IReadOnlyList<StoreHintsView> Hints,
    int SlotsToHandOn,
    int SlotsMoving,
    int Calls,
    int Clients,
    string? Listen)
{
    internal static StoreView Of(StoreStatus status)
    {
        var map = status.Map;
        return new StoreView(
            status.Mode,
            status.Copies,
            map is null ? null : $"{map.Term}.{map.Version}",
            NodesOf(status),
            status.Log?.Keys ?? 0,
            status.Log?.LiveBytes ?? 0,
            status.Log?.DeadBytes ?? 0,
            status.IsFull,
            [.. status.Hints.Select(one => new StoreHintsView(one.For.ToString(), one.Count))],
            status.HeldSlots,
            status.MovingSlots,
            status.Calls,
            status.Clients,
            status.Listen?.ToString());
    }

    private static StoreNodeView[] NodesOf(StoreStatus status)
    {
        var owners = status.Owners;
        var nodes = status.Map?.Nodes ?? [.. owners.SelectMany(those => those).Distinct().Order()];
        return [.. nodes.Select(node => new StoreNodeView(
            node.ToString(),
            owners.Count(those => those.Contains(node)),
            owners.Count(those => those.Count > 0 && those[0] == node),
            status.Behind.FirstOrDefault(one => one.Node == node).Slots))];
    }
}
