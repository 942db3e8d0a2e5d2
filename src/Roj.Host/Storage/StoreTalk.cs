using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Storage.Wire;

namespace Roj.Host.Storage;

/// <summary>What nodes say to each other about the store, and to whom: those that say by a tag that they take part. On the node's
/// loop.</summary>
internal sealed class StoreTalk : IDisposable
{
    private readonly StoreWingOptions options;
    private readonly string tag;
    private readonly Links<StorageMessage> links;
    private readonly Dictionary<NodeId, Endpoint> places = [];

    /// <summary>Nothing is said yet, and nobody is here.</summary>
    /// <param name="loop">The node's.</param>
    /// <param name="options">The node.</param>
    /// <param name="tag">Who has it takes part.</param>
    /// <param name="receive">Told what others say.</param>
    public StoreTalk(EventLoop loop, StoreWingOptions options, string tag, Action<NodeId, StorageMessage> receive)
    {
        (this.options, this.tag) = (options, tag);
        var hello = new LinkHello(LinkKind.Store, options.Cluster, options.Self, options.Life);
        var calling = new LinkSettings { Own = hello, From = options.Own, PlaceOf = PlaceOf, Tls = options.Tls };
        var frames = new FrameCodec<StorageMessage>(StorageFrame.LengthMax, StorageFrame.Write, StorageFrame.TryRead);
        links = new Links<StorageMessage>(calling, frames, () => loop.Now, receive);
    }

    /// <summary>Who takes part and can be reached, this node among them once <see cref="MembersChanged"/> was told of it; in
    /// order.</summary>
    public IReadOnlyList<NodeId> Here { get; private set; } = [];

    /// <summary>Who is here has changed, or what is known of them.</summary>
    /// <returns>Whether <see cref="Here"/> is another.</returns>
    public bool MembersChanged(IReadOnlyList<Member> members)
    {
        NodeId[] now = [.. members.Where(member => member.IsPresent && TakesPart(member)).Select(member => member.Id).Order()];
        places.Clear();
        foreach (var member in members.Where(member => member.IsPresent && member.Id != options.Self && TakesPart(member)))
            places[member.Id] = member.Node;
        links.PlacesChanged();
        if (now.SequenceEqual(Here))
            return false;
        Here = now;
        return true;
    }

    /// <summary>A node has called; its hello was heard, and the connection is ours from here on.</summary>
    public void Take(Channel channel, LinkHello hello, uint source) => links.Take(channel, hello, source);

    /// <summary>Says something with the next <see cref="Flush"/>.</summary>
    public void Say(NodeId to, StorageMessage message) => links.Send(to, message);

    /// <summary>Sends what was said.</summary>
    public void Flush() => links.Flush();

    /// <inheritdoc/>
    public void Dispose() => links.Dispose();

    private bool TakesPart(Member member) => member.Id == options.Self || Tags.Read(member.Tags.Span).Any(each => each.Key == tag);

    private Endpoint? PlaceOf(NodeId node) => places.TryGetValue(node, out var place) ? place : null;
}
