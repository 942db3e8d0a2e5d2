using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>What keeping tells its own node.</summary>
public abstract record MembershipEvent
{
    private MembershipEvent()
    {
    }

    /// <summary>More or other is believed of a member than before.</summary>
    /// <param name="Member">It, as it is seen now.</param>
    /// <param name="Before">What was believed; null if it was not known.</param>
    public sealed record Changed(Member Member, MemberState? Before) : MembershipEvent;

    /// <summary>The tags of a member came, or others than before: nothing else is believed of it.</summary>
    /// <param name="Member">It, with its tags.</param>
    public sealed record Described(Member Member) : MembershipEvent;

    /// <summary>A member that was gone for long is forgotten.</summary>
    /// <param name="Id">Who.</param>
    public sealed record Forgotten(NodeId Id) : MembershipEvent;

    /// <summary>Another live process has our id, and runs longer: this one must end, at once, without a farewell, for its name is not its
    /// own, and writes nothing any more.</summary>
    /// <param name="Node">Where the other listens.</param>
    /// <param name="Uptime">How long it runs.</param>
    public sealed record Superseded(Endpoint Node, TimeSpan Uptime) : MembershipEvent;

    /// <summary>Another live process has our id, and was started after us: it ends.</summary>
    /// <param name="Node">Where it listens.</param>
    public sealed record CloneEnds(Endpoint Node) : MembershipEvent;

    /// <summary>Somebody believed wrongly of ourselves, and was told otherwise.</summary>
    /// <param name="Said">What was said.</param>
    /// <param name="Incarnation">Our incarnation from now on: to be kept on disk.</param>
    public sealed record Refuted(Rumour Said, ulong Incarnation) : MembershipEvent;
}
