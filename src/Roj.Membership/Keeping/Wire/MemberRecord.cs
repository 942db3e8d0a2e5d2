using Roj.Kernel;

namespace Roj.Membership.Keeping.Wire;

/// <summary>What is believed of one member, whole.</summary>
/// <param name="Id">Who.</param>
/// <param name="Incarnation">Of which incarnation.</param>
/// <param name="State">What.</param>
/// <param name="Node">Where it listens.</param>
/// <param name="Accuser">On whose word.</param>
/// <param name="Profile">What it last said of itself.</param>
/// <param name="TagsOf">Of which <see cref="Profile.TagsVersion"/> the tags are: gossip may have been faster.</param>
/// <param name="Tags">Its free words.</param>
public sealed record MemberRecord(
    NodeId Id,
    ulong Incarnation,
    MemberState State,
    Endpoint Node,
    NodeId Accuser,
    Profile Profile,
    uint TagsOf,
    ReadOnlyMemory<byte> Tags);
