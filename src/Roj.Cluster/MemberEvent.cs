using System.Globalization;

namespace Roj;

/// <summary>What happens in the cluster, as this node sees it: to another member, or to who leads and who plays which part.</summary>
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

    /// <summary>Another leads than before, or nobody does; at the beginning of a stream, who leads, if somebody does.</summary>
    /// <param name="Term">The leadership; null for none.</param>
    /// <param name="Why">How it began, or why there is none, for people.</param>
    public sealed record LeaderChanged(RojTerm? Term, string Why) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => Term is { } term
            ? string.Create(CultureInfo.InvariantCulture, $"leader: {term.Leader} in term {term.Counter}")
            : $"no leader: {Why}";
    }

    /// <summary>There are other colors than before; at the beginning of a stream, those that there are.</summary>
    /// <param name="Colors">The color of each node, by id.</param>
    /// <param name="Own">That of this node.</param>
    public sealed record ColorsChanged(IReadOnlyDictionary<string, RojColor> Colors, RojColor Own) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"colors: {Colors.Values.Count(color => color is RojColor.Green)} of {Colors.Count} green, "
            + $"this node {Own.ToString().ToLowerInvariant()}");
    }

    /// <summary>Who reads the stream was too slow, and so many events before the next were dropped; <see cref="RojCluster"/> says
    /// how things are.</summary>
    /// <param name="Count">How many.</param>
    public sealed record Missed(long Count) : MemberEvent
    {
        /// <summary>One line.</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"missed {Count}");
    }
}
