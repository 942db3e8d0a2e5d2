using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>What is said of a member: a piece of gossip (SWIM, section 4.1).</summary>
/// <param name="Id">Of whom.</param>
/// <param name="Incarnation">Of which of its incarnations: the number of its lives in the upper half, of its refutations in this one in the
/// lower.</param>
/// <param name="State">What.</param>
/// <param name="Node">Where it listens for other nodes.</param>
/// <param name="Accuser">Who had no answer from it; itself, if it speaks of itself.</param>
/// <param name="Profile">Its own words, which go with <see cref="MemberState.Alive"/> only.</param>
public sealed record Rumour(NodeId Id, ulong Incarnation, MemberState State, Endpoint Node, NodeId Accuser, Profile? Profile)
{
    /// <summary>An incarnation from here on is nobody's: no node lives two thousand million times.</summary>
    public const ulong IncarnationLimit = 1UL << 63;

    /// <summary>Nobody lives a million times between two words that are heard of it: a greater jump is a broken word, and believing it
    /// would leave its subject no number to refute with.</summary>
    public const ulong JumpMax = 1UL << (32 + 20);
}
