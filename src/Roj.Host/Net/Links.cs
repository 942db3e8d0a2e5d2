using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>One connection to each node that there is something to say to, for as long as there is.</summary>
/// <remarks>
/// <para>Whoever has something to say calls. When two nodes call each other at the same time, the call of the one with the lesser id
/// stands: that one hangs up on the other's, unless its own connection is older than a second, for then the other has lost it.</para>
/// <para>On the loop only. What is sent goes out with <see cref="Flush"/>; a message that goes to several is put into bytes
/// once.</para>
/// </remarks>
/// <typeparam name="T">What is said by them.</typeparam>
/// <param name="settings">How links begin.</param>
/// <param name="codec">How that is written and read.</param>
/// <param name="now">The time.</param>
/// <param name="receive">Takes what others say.</param>
internal sealed class Links<T>(LinkSettings settings, FrameCodec<T> codec, Func<Instant> now, Action<NodeId, T> receive) : IDisposable
    where T : class
{
    /// <summary>Links at most: more than vote, and those of other members come and go.</summary>
    public const int LinksMax = 128;

    private const int UsualBytes = 64 * 1024;

    private static readonly TimeSpan Crossing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(60);

    private readonly Dictionary<NodeId, Link<T>> links = [];
    private readonly List<Link<T>> written = [];
    private readonly ByteBudget budget = new(4L * codec.LengthMax);
    private (T? Message, byte[] Frame) latest = (null, []);
    private Instant sweptAt = now();
    private LinkCounts counts;
    private bool isClosed;

    /// <summary>Told of each node whose connection has ended though none has taken its place, or who could not be called.</summary>
    public Action<NodeId>? Lost { get; init; }

    /// <summary>Told of each node whom what was on its way may not have reached: with true if it may have, as a connection has ended; with
    /// false if none of it did, as none could be made.</summary>
    public Action<NodeId, bool>? Undelivered { get; init; }

    /// <summary>What went over them.</summary>
    public LinkCounts Counts => counts with { Links = links.Values.Count(link => link.Stream is not null) };

    /// <summary>Says something to a node; it may be lost, as anything may.</summary>
    /// <returns>Whether it is on its way; else none of it was said.</returns>
    public bool Send(NodeId to, T message)
    {
        if (Find(to) is not { } link)
            return Drop();

        var isToBeCalled = link.Stream is null && !link.IsCalling;
        var place = isToBeCalled ? PlaceToCall(link) : null;
        if (isToBeCalled && place is null)
            return Drop();

        if (!ReferenceEquals(latest.Message, message))
            latest = (message, codec.Write(message));
        if (!link.TryWrite(latest.Frame))
            return Drop();
        counts = counts with { Sent = counts.Sent + 1 };
        written.Add(link);
        if (place is { } there)
            Call(link, there); // which may come to nothing at once: what is not said by it is counted then
        return true;
    }

    /// <summary>A node has called; its hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What it said.</param>
    /// <param name="source">From which address.</param>
    public void Take(Channel channel, LinkHello hello, uint source)
    {
        var at = now();
        var isOne = hello.Id != settings.Own.Id && hello.Cluster == settings.Own.Cluster
            && settings.PlaceOf(hello.Id) is { } place && place.Address == source;
        if (!isOne || isClosed || Find(hello.Id) is not { } link || OursStands(link, hello, at))
        {
            counts = counts with { Refused = counts.Refused + 1 };
            channel.Dispose();
            return;
        }

        Run(link, channel, isOurs: false, hello.Boot, settings.Own);
    }

    /// <summary>Sends what was said.</summary>
    public void Flush()
    {
        foreach (var link in written)
        {
            link.UsedAt = now();
            link.Stream?.Flush();
        }

        written.Clear();
        latest = (null, []);
        if (now() - sweptAt > IdleMax)
            Sweep();
    }

    /// <summary>Nodes may be gone: there is nothing to say to them, and a connection to one that was cut off is none.</summary>
    public void PlacesChanged()
    {
        foreach (var link in links.Values.ToArray())
        {
            if (settings.PlaceOf(link.Peer) is not null)
                continue;
            var hadOne = link.Stream is not null;
            counts = counts with { Dropped = counts.Dropped + link.Abort() };
            link.Forgive();
            if (hadOne)
                Undelivered?.Invoke(link.Peer, true);
        }
    }

    /// <summary>What is on its way to a node is not wanted any more: as far as it is here still, it does not arrive. What arrived already
    /// is not taken back.</summary>
    public void Cut(NodeId to)
    {
        if (!links.TryGetValue(to, out var link) || !link.IsSpeaking)
            return;
        counts = counts with { Dropped = counts.Dropped + link.Abort() };
        Undelivered?.Invoke(to, true);
    }

    /// <summary>Hangs up on those who hold no key that is still one.</summary>
    /// <param name="isKey">Whether a key with that id is in force.</param>
    public void KeysChanged(Func<uint, bool> isKey)
    {
        foreach (var link in links.Values.ToArray())
        {
            if (link.Stream?.KeyId is not { } key || isKey(key))
                continue;
            link.Close();
            Undelivered?.Invoke(link.Peer, true);
        }
    }

    /// <summary>Hangs up on all.</summary>
    public void Dispose()
    {
        isClosed = true;
        foreach (var link in links.Values)
            link.Close();
    }

    // Both call at once: the lesser one's call stands, and a connection that has stood for a while was lost by who calls again.
    private bool OursStands(Link<T> link, LinkHello hello, Instant at) => settings.Own.Id < link.Peer
        && (link.IsCalling || (link is { Stream: not null, IsOurs: true } && link.Boot == hello.Boot && at - link.Since < Crossing));

    private bool Drop()
    {
        counts = counts with { Dropped = counts.Dropped + 1 };
        return false;
    }

    private Link<T>? Find(NodeId peer)
    {
        if (links.TryGetValue(peer, out var link))
            return link;
        if (links.Count >= LinksMax)
        {
            Sweep();
            if (links.Count >= LinksMax)
                return null;
        }

        links.Add(peer, link = new Link<T>(peer));
        return link;
    }

    private Endpoint? PlaceToCall(Link<T> link) => isClosed || link.CallAt > now() ? null : settings.PlaceOf(link.Peer);

    private async void Call(Link<T> link, Endpoint place)
    {
        link.IsCalling = true;
        var made = await Caller.CallAsync(
            place, settings.From, settings.Own, settings.Tls, (settings.ConnectPatience, settings.HelloPatience), settings.Over);
        link.IsCalling = false;
        if (made is var (channel, hello) && hello.Id == link.Peer && !isClosed)
        {
            Run(link, channel, isOurs: true, hello.Boot, null);
            return;
        }

        made?.Channel.Dispose();
        if (link.Stream is not null)
            return; // he called meanwhile
        counts = counts with { Dropped = counts.Dropped + link.Failed(now(), settings.Pause, settings.PauseMax) };
        if (isClosed)
            return;
        Undelivered?.Invoke(link.Peer, false);
        Lost?.Invoke(link.Peer);
    }

    private async void Run(Link<T> link, Channel channel, bool isOurs, uint boot, LinkHello? greeting)
    {
        channel.Socket.NoDelay = true;
        using var stream = new FrameStream<T>(channel, codec, budget, UsualBytes);
        if (greeting is { } own)
            stream.TryWrite(own.Write()); // before all that waits
        link.Attach(stream, isOurs, boot, now());
        stream.Flush();
        var end = await stream.ReadAsync(message =>
        {
            counts = counts with { Received = counts.Received + 1 };
            link.UsedAt = now();
            receive(link.Peer, message);
        });
        if (end is not LinkEnd.HungUp)
            counts = counts with { Malformed = counts.Malformed + 1 };
        var isLast = link.Detach(stream);
        if (isClosed)
            return;
        Undelivered?.Invoke(link.Peer, true);
        if (isLast)
            Lost?.Invoke(link.Peer);
    }

    private void Sweep()
    {
        sweptAt = now();
        foreach (var link in links.Values.Where(link => !link.IsCalling && sweptAt - link.UsedAt > IdleMax).ToArray())
        {
            link.Close();
            links.Remove(link.Peer);
        }
    }
}
