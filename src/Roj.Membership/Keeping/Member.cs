using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>A member as one observer sees it now.</summary>
/// <param name="Id">Who.</param>
/// <param name="Node">Where it listens for other nodes.</param>
/// <param name="State">What is believed of it.</param>
/// <param name="Incarnation">The incarnation of which that is believed.</param>
/// <param name="Since">Since when.</param>
/// <param name="Accuser">On whose word; itself while it is alive or has left.</param>
/// <param name="Profile">What it last said of itself.</param>
/// <param name="Tags">What else it says: free words, at most <see cref="TagsBytesMax"/> bytes; empty until they were exchanged.</param>
public sealed record Member(
    NodeId Id,
    Endpoint Node,
    MemberState State,
    ulong Incarnation,
    Instant Since,
    NodeId Accuser,
    Profile Profile,
    ReadOnlyMemory<byte> Tags)
{
    /// <summary>Bytes of tags at most.</summary>
    public const int TagsBytesMax = 16 * 1024;

    /// <summary>Whether an operator had it forgotten: it is gone on another's word than its own, and no member any more until it is back
    /// with a greater incarnation.</summary>
    public bool IsEvicted => State == MemberState.Left && Accuser != Id;

    /// <summary>Whether it counts as being here: a suspect does until it is dead.</summary>
    public bool IsPresent => State is MemberState.Alive or MemberState.Suspect;
}
