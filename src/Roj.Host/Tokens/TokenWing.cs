using Roj.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Token.Wire;

namespace Roj.Host.Tokens;

/// <summary>The tokens that a node takes part in: what comes for each is brought to it, and what each says is sent.</summary>
/// <remarks>On the node's loop only. Who takes part in a token says so by a tag, <c>token:NAME=1</c>; the ring is all who do, by
/// address.</remarks>
internal sealed class TokenWing : IDisposable
{
    /// <summary>How long who works is waited for when the node goes.</summary>
    public static readonly TimeSpan WordPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PassPatience = TimeSpan.FromMilliseconds(500);

    private readonly EventLoop loop;
    private readonly TokenOptions options;
    private readonly Links<TokenFrame> links;
    private readonly SortedDictionary<string, TokenService> tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, Member> members = [];
    private readonly TokensOnTheirWay onTheirWay = new();
    private readonly byte[] datagram = new byte[TokenCodec.LengthMax];
    private bool isStarted;
    private bool isClosed;

    /// <summary>Takes part from <see cref="Start"/> on.</summary>
    /// <exception cref="NodeException">What was kept of a token can't be read.</exception>
    public TokenWing(EventLoop loop, TokenOptions options, IEnumerable<TokenPlan> plans)
    {
        (this.loop, this.options) = (loop, options);
        var hello = new LinkHello(LinkKind.Token, options.Cluster, options.Settings.Self, options.Settings.Boot);
        var calling = new LinkSettings { Own = hello, From = options.Own, PlaceOf = PlaceOf, Tls = options.Tls };
        var frames = new FrameCodec<TokenFrame>(TokenFrame.LengthMax, frame => frame.Write(), TokenFrame.TryRead);
        links = new Links<TokenFrame>(calling, frames, () => loop.Now, Receive) { Undelivered = Undelivered };
        foreach (var plan in plans)
            Add(plan);
    }

    /// <summary>How they stand, by name.</summary>
    public IReadOnlyList<TokenStatus> Status => [.. tokens.Values.Select(token => token.Status)];

    /// <summary>One of them; null if this node takes no part in it.</summary>
    public TokenService? Find(string name) => tokens.GetValueOrDefault(name);

    /// <summary>Begins.</summary>
    public void Start()
    {
        isStarted = true;
        foreach (var token in tokens.Values)
            token.Start();
    }

    /// <summary>Takes somebody in who waits for the node's turns of a token; a token that is new to the node is one from then on.</summary>
    /// <returns>He; null with the reason if he can't be taken in.</returns>
    public (TokenGuest? Guest, string Why) Attach(string name)
    {
        if (isClosed)
            return (null, "the node ends");
        if (Find(name) is null)
        {
            if (tokens.Count >= TokenPlan.Max)
                return (null, $"the node takes part in {TokenPlan.Max} tokens already");
            try
            {
                Add(new TokenPlan(name, new AttachedWork()));
            }
            catch (NodeException e)
            {
                return (null, e.Message);
            }

            options.TakesPart([.. tokens.Keys]);
            MeetAll();
            if (isStarted)
                tokens[name].Start();
        }

        if (tokens[name].Work is not AttachedWork work)
            return (null, $"token {name} has work of its own: {tokens[name].Work.Kind}");
        return work.Enter() is { } guest ? (guest, "") : (null, $"{AttachedWork.GuestsMax} wait for it already");
    }

    /// <summary>Who is here has changed, or what is known of them.</summary>
    public void MembersChanged(IReadOnlyList<Member> all)
    {
        members.Clear();
        foreach (var member in all.Where(member => member.IsPresent && member.Id != options.Settings.Self))
            members[member.Id] = member;
        links.PlacesChanged();
        MeetAll();
    }

    /// <summary>A datagram came.</summary>
    /// <returns>Whether it is one of a member of this cluster.</returns>
    public bool Receive(Endpoint from, ReadOnlySpan<byte> bytes)
    {
        if (TokenCodec.TryRead(bytes, out var heard) is not ReadStatus.Done || heard!.Cluster != options.Cluster
            || !members.TryGetValue(heard.Sender, out var member) || member.Node.Address != from.Address)
        {
            return false;
        }

        Find(heard.Name)?.Receive(heard.Sender, heard.Message);
        return true;
    }

    /// <summary>A node has called; its hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What it said.</param>
    /// <param name="source">From which address.</param>
    public void Take(Channel channel, LinkHello hello, uint source) => links.Take(channel, hello, source);

    /// <summary>Agreement tells something.</summary>
    public void Heard(AgreementEvent what)
    {
        foreach (var token in tokens.Values)
            token.Heard(what);
    }

    /// <summary>Does what is due, and sends what was said since the last time.</summary>
    /// <returns>When to be called again though nothing came; null for never.</returns>
    public Instant? Turn()
    {
        Instant? due = null;
        foreach (var (name, token) in tokens)
        {
            due = Instant.Earliest(due, token.Turn());
            if (onTheirWay.GivenUp(name, () => token.Status) is { } to)
                links.Cut(to); // megabytes that nobody wants would keep the next token waiting
        }

        links.Flush();
        return due;
    }

    /// <summary>The node is about to go: what it holds it hands on, as soon as nobody works under it. A token whose worker does not say
    /// within <see cref="WordPatience"/> that he has ended what he began stays here: others have it when its time is over.</summary>
    /// <returns>Ends when that is done, or half a second after the last word at the latest.</returns>
    public async Task LeaveAsync()
    {
        var leaving = tokens.Values.Select(token => (Token: token, Done: token.LeaveAsync())).ToArray();
        await Task.WhenAny(Task.WhenAll(leaving.Select(one => one.Done)), Task.Delay(WordPatience));
        links.Flush();
        var begun = loop.Now;
        while (leaving.Any(one => one.Done.IsCompleted && one.Token.IsPassing) && loop.Now - begun < PassPatience)
            await Task.Delay(5);
    }

    /// <summary>Keeps what is known; nothing is done or said after that.</summary>
    public async Task EndAsync()
    {
        isClosed = true;
        foreach (var token in tokens.Values)
            await token.EndAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isClosed = true;
        foreach (var token in tokens.Values)
            token.Dispose();
        links.Dispose();
    }

    /// <summary>The tag by which others are told that a node takes part.</summary>
    public static string TagOf(string name) => $"token:{name}";

    private void Add(TokenPlan plan)
    {
        var name = plan.Name;
        tokens.Add(name, new TokenService(loop, options, name, plan.Work, NameOf, (to, message) => Say(name, to, message)));
    }

    private void MeetAll()
    {
        foreach (var (name, token) in tokens)
            token.Meet(RingOf(name));
    }

    // Behind this node by address; the first again after the last.
    private NodeId[] RingOf(string name)
    {
        var tag = TagOf(name);
        var own = options.Own;
        return
        [
            .. members.Values.Where(member => Tags.Read(member.Tags.Span).Any(one => one.Key == tag))
                .OrderBy(member => (member.Node.Address, member.Node.Port).CompareTo((own.Address, own.Port)) < 0)
                .ThenBy(member => member.Node.Address).ThenBy(member => member.Node.Port)
                .Select(member => member.Id),
        ];
    }

    private bool Say(string name, NodeId to, TokenMessage message)
    {
        if (isClosed || !members.TryGetValue(to, out var member))
            return false;
        onTheirWay.Said(name, to, message);
        if (!TokenCodec.IsDatagram(message))
            return links.Send(to, new TokenFrame(name, message));
        options.Send(member.Node, datagram.AsMemory(0, TokenCodec.Write(options.Cluster, options.Settings.Self, name, message, datagram)));
        return true;
    }

    private void Receive(NodeId from, TokenFrame frame) => Find(frame.Name)?.Receive(from, frame.Message);

    private void Undelivered(NodeId to, bool isSent)
    {
        foreach (var token in tokens.Values)
            token.Undelivered(to, isSent);
    }

    private Endpoint? PlaceOf(NodeId node) => members.TryGetValue(node, out var member) ? member.Node : null;

    private string NameOf(NodeId node) =>
        members.TryGetValue(node, out var member) ? member.Profile.Name
            : node == options.Settings.Self ? "this node"
            : node.ToString()[..8];
}
