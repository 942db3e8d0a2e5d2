using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Membership.Keeping;

/// <summary>What this node says: who it is itself, and the news behind every message.</summary>
internal sealed class Speaker(KeeperSettings settings, Profile profile, ReadOnlyMemory<byte> tags, Gossip gossip, Roster roster)
{
    private uint sequence;

    /// <summary>Our own incarnation.</summary>
    public ulong Incarnation { get; private set; } = settings.Incarnation;

    /// <summary>What we say of ourselves: that we are here, or that we leave.</summary>
    public MemberState State { get; set; } = MemberState.Alive;

    public Profile Profile { get; set; } = profile;

    public ReadOnlyMemory<byte> Tags { get; set; } = tags;

    /// <summary>A word of ourselves.</summary>
    public Rumour Self => new(
        settings.Id, Incarnation, State, settings.Own, settings.Id, State == MemberState.Alive ? Profile : null);

    /// <summary>From now on we speak with an incarnation above <paramref name="past"/> too; false if there is none any more.</summary>
    public bool TryRise(ulong past)
    {
        var next = Math.Max(Incarnation, past) + 1;
        if (next >= Rumour.IncarnationLimit)
            return false;
        Incarnation = next;
        return true;
    }

    /// <summary>The next number of a question.</summary>
    public uint NextSequence() => ++sequence;

    public void Ping(Endpoint to, NodeId target, uint number, KeepingOutbox outbox, Rumour? first = null) =>
        Send(to, target, new SwimMessage.Ping(settings.Id, Incarnation, number, target, []), SwimCodec.Length, first, outbox);

    /// <summary>A ping that another asked for, no longer than its request was at least (invariant M7).</summary>
    public void PingFor(SwimMessage.PingRequest request, uint number, KeepingOutbox outbox) => Send(
        request.At,
        request.Target,
        new SwimMessage.Ping(settings.Id, Incarnation, number, request.Target, []),
        SwimCodec.PingLength,
        null,
        outbox);

    public void PingRequest(Roster.Entry relay, Roster.Entry target, uint number, KeepingOutbox outbox) => Send(
        relay.Node,
        relay.Id,
        new SwimMessage.PingRequest(settings.Id, Incarnation, number, target.Id, target.Node, []),
        SwimCodec.Length,
        null,
        outbox);

    /// <summary>An answer, no longer than the question was at least (invariant M7).</summary>
    public void Ack(Endpoint to, NodeId asker, uint number, KeepingOutbox outbox, Rumour? first = null) =>
        Send(to, asker, new SwimMessage.Ack(settings.Id, Incarnation, number, []), SwimCodec.PingLength, first, outbox);

    public void Nack(Endpoint to, uint number, KeepingOutbox outbox) =>
        outbox.Send(to, new SwimMessage.Nack(settings.Id, Incarnation, number, []));

    public void Tell(Endpoint to, NodeId whom, KeepingOutbox outbox, Rumour? first = null) =>
        Send(to, whom, new SwimMessage.Tell(settings.Id, Incarnation, 0, []), SwimCodec.Length, first, outbox);

    /// <summary>Sends a message with as much news as there is room for, <paramref name="first"/> before all.</summary>
    private void Send(Endpoint to, NodeId whom, SwimMessage message, int bytesMax, Rumour? first, KeepingOutbox outbox)
    {
        var room = bytesMax - SwimCodec.HeaderSize(message);
        List<Rumour> news = [];
        if (first is not null && SwimCodec.Size(first) <= room)
        {
            news.Add(first);
            room -= SwimCodec.Size(first);
        }

        news.AddRange(gossip.Take(room, SwimCodec.NewsMax - news.Count, roster.Present.Count + 1, whom));
        if (message is SwimMessage.Tell && news.Count == 0)
            return;
        outbox.Send(to, message with { News = news });
    }
}
