using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;

namespace Roj.Host.Daemon;

/// <summary>What happens in a node that somebody may want to know.</summary>
public abstract record NodeNews
{
    private NodeNews()
    {
    }

    /// <summary>How much an operator wants to read of it.</summary>
    public virtual LogLevel Level => LogLevel.Info;

    /// <summary>The node can be called now.</summary>
    /// <param name="Self">The node.</param>
    /// <param name="Cluster">The cluster that it is of.</param>
    /// <param name="Why">The interface, and why it was chosen.</param>
    public sealed record Listening(Member Self, string Cluster, string Why) : NodeNews;

    /// <summary>Nothing keeps others out.</summary>
    /// <param name="Whom">Who may join.</param>
    public sealed record Open(string Whom) : NodeNews;

    /// <summary>Who has none of these keys is kept out.</summary>
    /// <param name="Keys">Their names, not what they are.</param>
    public sealed record Closed(string Keys) : NodeNews;

    /// <summary>Something of finding.</summary>
    /// <param name="What">What happened.</param>
    public sealed record Found(FindingEvent What) : NodeNews
    {
        /// <inheritdoc/>
        public override LogLevel Level => What is FindingEvent.IdentityClash ? LogLevel.Warning : LogLevel.Debug;
    }

    /// <summary>Something of keeping.</summary>
    /// <param name="What">What happened.</param>
    public sealed record Kept(MembershipEvent What) : NodeNews
    {
        /// <inheritdoc/>
        public override LogLevel Level =>
            What is MembershipEvent.CloneEnds or MembershipEvent.Superseded ? LogLevel.Warning : LogLevel.Info;
    }

    /// <summary>Something of the files.</summary>
    /// <param name="What">What happened; warnings come as <see cref="Warning"/>.</param>
    /// <param name="Node">The node.</param>
    public sealed record OfFile(FileNews What, NodeId Node) : NodeNews
    {
        /// <inheritdoc/>
        public override LogLevel Level => What is FileNews.GivenUp ? LogLevel.Warning : LogLevel.Info;
    }

    /// <summary>Something of agreement.</summary>
    /// <param name="What">What happened.</param>
    public sealed record OfWing(WingNews What) : NodeNews
    {
        /// <inheritdoc/>
        public override LogLevel Level => What.Level;
    }

    /// <summary>The node says farewell.</summary>
    public sealed record Leaving : NodeNews;

    /// <summary>Something is wrong, and the node goes on without it.</summary>
    /// <param name="Text">One line.</param>
    public sealed record Warning(string Text) : NodeNews
    {
        /// <inheritdoc/>
        public override LogLevel Level => LogLevel.Warning;
    }

    /// <summary>Why the node ends.</summary>
    /// <param name="Text">One line.</param>
    public sealed record Failed(string Text) : NodeNews
    {
        /// <inheritdoc/>
        public override LogLevel Level => LogLevel.Error;
    }
}
