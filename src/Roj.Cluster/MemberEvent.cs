using System.Globalization;

namespace Roj;

/// <summary>What happens to another member of the cluster, as this node sees it.</summary>
/// <remarks>Of each member <see cref="Joined"/> comes first and <see cref="Left"/> or <see cref="Died"/> last, and after those it may join
/// again.</remarks>
public abstract record MemberEvent
{
    private MemberEvent()
    {
    }

    /// <summary>It is here; at the beginning of a stream, those that are.</summary>
    /// <param name="Member">It.</param>
    public sealed record Joined(RojMember Member) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => $"joined: {Member}";
    }

    /// <summary>It says something else of itself, or is elsewhere; or it is a suspect, or no longer: its state says so.</summary>
    /// <param name="Member">It.</param>
    /// <param name="Before">What was believed of it.</param>
    public sealed record Changed(RojMember Member, RojMemberState Before) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => $"changed: {Member}";
    }

    /// <summary>It said farewell.</summary>
    /// <param name="Member">It.</param>
    public sealed record Left(RojMember Member) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => $"left: {Member}";
    }

    /// <summary>It did not answer for long, and nobody else had an answer.</summary>
    /// <param name="Member">It.</param>
    public sealed record Died(RojMember Member) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => $"died: {Member}";
    }

    /// <summary>Who reads the stream was too slow, and so many events before the next were dropped; <see cref="RojCluster.Members"/> says
    /// how things are.</summary>
    /// <param name="Count">How many.</param>
    public sealed record Missed(long Count) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"missed {Count}");
    }
}
