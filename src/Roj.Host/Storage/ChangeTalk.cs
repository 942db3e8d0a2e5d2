using Roj.Agreement;
using Roj.Host.Agreement;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Storage;
using Roj.Storage.Wire;
using StorageOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Storage.Wire.StorageMessage, Roj.Storage.StorageEvent, Roj.Storage.StorageEffect>;

namespace Roj.Host.Storage;

/// <summary>Which keys change where a majority decides: told to whom wants to know it, here and at other nodes. On the node's
/// loop.</summary>
internal sealed class ChangeTalk : IDisposable
{
    /// <summary>The tag by which others are told that a node takes part.</summary>
    public const string Tag = "keys";

    private readonly NodeId self;
    private readonly Func<AgreementService?> agreement;
    private readonly QuorumChanges watch = new();
    private readonly StorageOutbox outbox = new();
    private readonly StoreTalk talk;

    public ChangeTalk(EventLoop loop, StoreWingOptions options, Func<AgreementService?> agreement)
    {
        (self, this.agreement) = (options.Self, agreement);
        talk = new StoreTalk(loop, options, Tag, Receive);
        watch.See(Now, [self], outbox); // before anybody has told who is here
        Watchers = new Watchers(filters => loop.Post(
            _ =>
            {
                watch.Watch(Now, filters, outbox);
                Drain();
            },
            null));
    }

    /// <summary>Who watches at this node.</summary>
    public Watchers Watchers { get; }

    /// <summary>When <see cref="Turn"/> is next due, by the clock of agreement; null for never.</summary>
    public Instant? Deadline => watch.Deadline;

    private static Moment Now => new(BootClock.Now, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    /// <summary>Who is here has changed, or what is known of them.</summary>
    public void MembersChanged(IReadOnlyList<Member> members)
    {
        if (!talk.MembersChanged(members))
            return;
        watch.See(Now, talk.Here, outbox);
        Drain();
    }

    /// <summary>A node has called; its hello was heard, and the connection is ours from here on.</summary>
    public void Take(Channel channel, LinkHello hello, uint source) => talk.Take(channel, hello, source);

    /// <summary>A majority has taken something.</summary>
    public void Heard(AgreementEvent.Chosen chosen) => watch.Chosen(Now, chosen);

    /// <summary>Does what is due, and sends what was said since the last time.</summary>
    public void Turn()
    {
        if (watch.Deadline <= BootClock.Now)
        {
            watch.Tick(Now, outbox);
            Drain();
        }

        talk.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => talk.Dispose();

    private void Receive(NodeId from, StorageMessage message)
    {
        watch.Receive(Now, from, message, outbox);
        Drain();
    }

    private void Drain()
    {
        for (var i = 0; i < outbox.Count; i++) // what it says to itself may lead to more
        {
            var output = outbox[i];
            if (output.Event is { } what)
                Watchers.Hear(what);
            if (output.Message is not { } message)
                continue;
            if (output.To == self)
                watch.Receive(Now, self, message, outbox);
            else
                talk.Say(output.To, message);
        }

        outbox.Clear();
        // While nobody wants to know it nothing is told, and nothing is done for it.
        agreement()?.TryDo((registers, _) => registers.TellsChosen = watch.IsWatched);
    }
}
