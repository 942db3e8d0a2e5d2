namespace Roj.Host.Security;

/// <summary>What the key kept out since the start, by reason.</summary>
/// <param name="Foreign">Sealed with no key of ours, changed on the way, or not sealed at all.</param>
/// <param name="Replayed">Said before: recordings, duplicates of the network, our own voice.</param>
/// <param name="Strangers">Of the cluster, but meant for nobody or for an earlier life: introduced.</param>
/// <param name="TooMany">Of strangers beyond what is looked at in a second.</param>
public readonly record struct SealCounts(long Foreign, long Replayed, long Strangers, long TooMany);
