using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What agreement tells its own node.</summary>
public abstract record AgreementEvent
{
    private AgreementEvent()
    {
    }

    /// <summary>A change or a reading that this node was asked for has ended.</summary>
    /// <param name="Outcome">How.</param>
    public sealed record Ended(Outcome Outcome) : AgreementEvent;

    /// <summary>A majority has taken what a register of the store holds, asked for it by this node; if that is to be told
    /// (<see cref="Registers.TellsChosen"/>). Of one version it may be told twice.</summary>
    /// <param name="Slot">In which slot.</param>
    /// <param name="Name">Which.</param>
    /// <param name="Content">What it holds.</param>
    /// <param name="Change">What was asked for; null for a reading that found it undecided.</param>
    public sealed record Chosen(ushort Slot, RegisterName Name, Content Content, RegisterChange? Change) : AgreementEvent;

    /// <summary>A part of a slot was listed, or could not be.</summary>
    /// <param name="Number">Which: <see cref="Registers.Scan"/> said.</param>
    /// <param name="Next">Where to go on; null if nothing is left in the slot.</param>
    /// <param name="Found">What is there, in order; null if no majority of its replicas has answered.</param>
    public sealed record Walked(ulong Number, ulong? Next, IReadOnlyList<Sight>? Found) : AgreementEvent;

    /// <summary>A lease is this node's from now on.</summary>
    /// <param name="Name">Which.</param>
    /// <param name="Epoch">Under which epoch.</param>
    public sealed record Held(RegisterName Name, ulong Epoch) : AgreementEvent;

    /// <summary>A lease is not this node's any more: what was started under it must be over.</summary>
    /// <param name="Name">Which.</param>
    /// <param name="Epoch">Under which epoch it was.</param>
    public sealed record Lapsed(RegisterName Name, ulong Epoch) : AgreementEvent;

    /// <summary>A lease that is watched is nobody's any more, as far as this node's acceptor knows: it was given back, or not renewed in
    /// time.</summary>
    /// <param name="Name">Which.</param>
    public sealed record Vacant(RegisterName Name) : AgreementEvent;

    /// <summary>A newer replica set of a slot is known.</summary>
    /// <param name="Slot">Which slot; 0 for the system's registers, whose replica set is the roster.</param>
    /// <param name="Set">The set.</param>
    public sealed record Seated(ushort Slot, ReplicaSet Set) : AgreementEvent;

    /// <summary>A change of the roster that this node saw to has ended.</summary>
    /// <param name="Node">Whom it is about.</param>
    /// <param name="IsMember">Whether that node was to be a member, or not.</param>
    /// <param name="IsDone">Whether it was made.</param>
    /// <param name="Why">Why not, for people; null if it was.</param>
    public sealed record RosterChanged(NodeId Node, bool IsMember, bool IsDone, string? Why) : AgreementEvent;

    /// <summary>Somebody waits for another number of nodes to begin with.</summary>
    /// <param name="Node">Who.</param>
    /// <param name="Expected">How many.</param>
    public sealed record ExpectationsDiffer(NodeId Node, int Expected) : AgreementEvent;

    /// <summary>Somebody belongs to another cluster.</summary>
    /// <param name="Node">Who.</param>
    /// <param name="Cluster">To which.</param>
    public sealed record ForeignCluster(NodeId Node, UInt128 Cluster) : AgreementEvent;

    /// <summary>Others remember a later life of this node than its disk does: the disk was set back. The node must not vote; it may join
    /// again as a new one.</summary>
    /// <param name="Witness">Who remembers.</param>
    /// <param name="Boot">Which start that was.</param>
    public sealed record SetBack(NodeId Witness, uint Boot) : AgreementEvent;

    /// <summary>What was saved of a register can't be read: this node keeps silent about it.</summary>
    /// <param name="Name">Which.</param>
    public sealed record Damaged(RegisterName Name) : AgreementEvent;
}
