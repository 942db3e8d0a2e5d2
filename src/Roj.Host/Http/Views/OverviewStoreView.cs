using Roj.Host.Storage;
using Roj.Kernel;

namespace Roj.Host.Http.Views;

/// <summary>The store in the overview.</summary>
/// <param name="Copies">How many nodes are to keep each key.</param>
/// <param name="MapVersion">Which nodes keep which keys, as it was decided last: leader's term and version; null before that is
/// known.</param>
/// <param name="Keepers">Who keeps keys: ids.</param>
/// <param name="Slots">For each of the 256 slots, who keeps it: places in <paramref name="Keepers"/>, the one first that is asked first.
/// None before that is known.</param>
/// <param name="Records">Versions of keys that are kept here, those of deleted keys and hints too.</param>
/// <param name="LiveBytes">Bytes of them on the disk.</param>
/// <param name="Hints">Writes that are kept here for nodes that can't be reached.</param>
/// <param name="SlotsToHandOn">Slots whose keys are here, though other nodes keep them by now.</param>
/// <param name="Clients">Clients that are connected by the Redis protocol.</param>
/// <param name="IsFull">Whether the disk has no room.</param>
public sealed record OverviewStoreView(
    int Copies,
    string? MapVersion,
    IReadOnlyList<string> Keepers,
    IReadOnlyList<IReadOnlyList<int>> Slots,
    long Records,
    long LiveBytes,
    long Hints,
    int SlotsToHandOn,
    int Clients,
    bool IsFull)
{
    internal static OverviewStoreView Of(StoreStatus status)
    {
        var map = status.Map;
        var owners = status.Owners;
        NodeId[] keepers = map is null ? [.. owners.SelectMany(nodes => nodes).Distinct().Order()] : [.. map.Nodes];
        return new OverviewStoreView(
            status.Copies,
            map is null ? null : $"{map.Term}.{map.Version}",
            [.. keepers.Select(node => node.ToString())],
            [.. owners.Select(nodes => Places(nodes, keepers))],
            status.Log?.Keys ?? 0,
            status.Log?.LiveBytes ?? 0,
            status.Hints.Sum(one => one.Count),
            status.HeldSlots,
            status.Clients,
            status.IsFull);
    }

    private static int[] Places(IReadOnlyList<NodeId> owners, NodeId[] keepers) =>
        [.. owners.Select(owner => Array.BinarySearch(keepers, owner)).Where(place => place >= 0)];
}
