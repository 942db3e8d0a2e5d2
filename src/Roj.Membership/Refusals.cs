namespace Roj.Membership;

/// <summary>How often something was refused since the start, by reason.</summary>
/// <remarks>Datagrams that are no hello (<see cref="Wire.HelloCodec.TryRead"/>) never get here: whoever reads them counts them.</remarks>
/// <param name="NotLocal">The address is public, or no node can have it: a broadcast, multicast or network address.</param>
/// <param name="OtherCluster">A hello of a cluster with another name.</param>
/// <param name="OwnEchoes">Our own hello came back: a broadcast, or an address of ours in a list of peers.</param>
/// <param name="Unsolicited">An answer to nothing that this process asked: late, or forged.</param>
/// <param name="TooOften">An ask beyond <see cref="Finder.AnswersPerSourceMax"/> or <see cref="Finder.AnswersMax"/> a second.</param>
/// <param name="Full">A node beyond <see cref="Finder.AcquaintancesMax"/> that none of those known had to make room for.</param>
public readonly record struct Refusals(long NotLocal, long OtherCluster, long OwnEchoes, long Unsolicited, long TooOften, long Full);
