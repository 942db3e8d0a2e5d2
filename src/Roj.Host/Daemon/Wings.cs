using Roj.Agreement;
using Roj.Election.Wire;
using Roj.Host.Agreement;
using Roj.Host.Election;
using Roj.Host.Net;
using Roj.Host.Storage;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Token.Wire;

namespace Roj.Host.Daemon;

/// <summary>What a node does beside knowing who is here: each wing is told what concerns it, in the same order everywhere.</summary>
/// <remarks>On the node's loop only.</remarks>
internal sealed class Wings
{
    /// <summary>Bytes of a datagram of theirs at most.</summary>
    public static readonly int DatagramMax = Math.Max(ElectionCodec.LengthMax, TokenCodec.LengthMax);

    private static readonly TimeSpan LeavePatience = TimeSpan.FromMilliseconds(500);

    private IReadOnlyList<Member> here = [];

    /// <summary>The node's part in agreement; null where it can have none.</summary>
    public AgreementWing? Agreement { get; set; }

    /// <summary>The node's part in elections; null where it takes none.</summary>
    public ElectionService? Election { get; set; }

    /// <summary>The tokens that it takes part in; null where it can't.</summary>
    public TokenWing? Tokens { get; set; }

    /// <summary>Its part in the store; null where it has none.</summary>
    public IStoreWing? Store { get; set; }

    /// <summary>Whether a datagram is for one of them.</summary>
    public static bool IsOne(ReadOnlySpan<byte> datagram) => ElectionCodec.IsOne(datagram) || TokenCodec.IsOne(datagram);

    /// <summary>A datagram came that is for one of them.</summary>
    /// <returns>Whether it made sense, from a member of this cluster; also where nobody is there to judge.</returns>
    public bool Receive(Endpoint from, ReadOnlySpan<byte> datagram) =>
        (ElectionCodec.IsOne(datagram) ? Election?.Receive(from, datagram) : Tokens?.Receive(from, datagram)) is not false;

    /// <summary>A node or a client has called; its hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What it said.</param>
    /// <param name="source">From which address.</param>
    public void Take(Channel channel, LinkHello hello, uint source)
    {
        if (hello.Kind is LinkKind.Token && Tokens is { } tokens)
            tokens.Take(channel, hello, source);
        else if (hello.Kind is LinkKind.Store && Store is { } store)
            store.Take(channel, hello, source);
        else if (hello.Kind is LinkKind.Node or LinkKind.Client && Agreement is { } agreement)
            agreement.Take(channel, hello, source);
        else
            channel.Dispose();
    }

    /// <summary>Agreement tells something.</summary>
    public void Heard(AgreementEvent what)
    {
        Election?.Heard(what);
        Tokens?.Heard(what);
        Store?.Heard(what);
    }

    /// <summary>The node's part in the store is another one now, which begins.</summary>
    public void Change(IStoreWing store)
    {
        Store = store;
        store.MembersChanged(here);
        store.Start();
    }

    /// <summary>Who is here has changed, or what is known of them.</summary>
    public void MembersChanged(IReadOnlyList<Member> members)
    {
        here = members;
        Agreement?.Service?.MembersChanged(members);
        Election?.MembersChanged(members);
        Tokens?.MembersChanged(members);
        Store?.MembersChanged(members);
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When to be called again though nothing came; null for never.</returns>
    public Instant? Turn()
    {
        // Agreement first: what it has lost, a lease above all, is known before anything is done under it.
        // But for what the store's clients have asked for: that goes out with the rest.
        var store = Store?.Turn();
        var agreement = Agreement?.Service?.Turn();
        var others = Instant.Earliest(Election?.Turn(), Tokens?.Turn());
        return Store?.HasNews is true ? default(Instant) : Instant.Earliest(agreement, Instant.Earliest(others, store));
    }

    /// <summary>Begins.</summary>
    public void Start()
    {
        Election?.Start();
        Tokens?.Start();
        Store?.Start();
    }

    /// <summary>The others know that the node has gone: what it was given last it has passed on.</summary>
    public Task EndAsync() => Tokens?.EndAsync() ?? Task.CompletedTask;

    /// <summary>The node is about to go: what it holds it hands over.</summary>
    /// <returns>Ends when it has, after half a second at the latest; where somebody works under a token, that much after his last word
    /// (<see cref="TokenWing.LeaveAsync"/>).</returns>
    public Task LeaveAsync() => Task.WhenAll(
        Task.WhenAny(Election?.LeaveAsync() ?? Task.CompletedTask, Task.Delay(LeavePatience)), Tokens?.LeaveAsync() ?? Task.CompletedTask);
}
