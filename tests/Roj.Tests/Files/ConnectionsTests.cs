using Roj.Files;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class ConnectionsTests
{
    private static readonly SwarmSettings settings = Swarming.Settings;

    private readonly SwarmOutbox outbox = new();
    private readonly Candidates candidates = new(settings, new Rng(1));
    private readonly Connections connections;
    private Instant now = Swarming.At(1);

    public ConnectionsTests()
    {
        connections = new Connections(settings, candidates);
    }

    [Fact]
    public void There_are_sixteen_and_the_one_past_is_not_let_in()
    {
        for (var number = 1; number <= 16; number++)
            Assert.NotNull(connections.Accept(now, Swarming.Place(number)));
        Assert.Null(connections.Accept(now, Swarming.Place(17)));
        Assert.False(connections.HasRoomToDial(now));
        Assert.Null(connections.RoomToDialAt(now));
        connections.Remove(connections.All.First());
        Assert.NotNull(connections.Accept(now, Swarming.Place(17)));
    }

    [Fact]
    public void Names_are_never_given_out_again()
    {
        var first = connections.Accept(now, Swarming.Place(1))!.Id;
        connections.Remove(connections.Find(first)!);
        Assert.NotEqual(first, connections.Accept(now, Swarming.Place(1))!.Id);
        Assert.Null(connections.Find(first));
    }

    [Fact]
    public void Five_are_dialled_and_more_only_when_these_do_not_answer()
    {
        for (var number = 1; number <= 5; number++)
        {
            Assert.True(connections.HasRoomToDial(now));
            Dial(number);
        }

        Assert.False(connections.HasRoomToDial(now));
        var later = now + TimeSpan.FromMilliseconds(200);
        Assert.Equal(later, connections.RoomToDialAt(now));
        Assert.False(connections.HasRoomToDial(later - TimeSpan.FromTicks(1)));
        Assert.True(connections.HasRoomToDial(later));
    }

    [Fact]
    public void Eight_are_dialled_at_one_time()
    {
        for (var number = 1; number <= 8; number++)
        {
            Assert.True(connections.HasRoomToDial(now));
            Dial(number);
            now += TimeSpan.FromSeconds(1);
        }

        Assert.False(connections.HasRoomToDial(now));
        Assert.Null(connections.RoomToDialAt(now)); // it is the dials' own patience that ends
    }

    [Fact]
    public void Five_that_are_there_are_enough()
    {
        for (var number = 1; number <= 4; number++)
            Dial(number).IsOpen = true;
        Assert.True(connections.HasRoomToDial(now));
        connections.Accept(now, Swarming.Place(5)); // whoever dialled
        Assert.False(connections.HasRoomToDial(now));
        Assert.Null(connections.RoomToDialAt(now));
    }

    [Fact]
    public void The_most_useless_gives_and_takes_nothing_and_has_done_so_longest()
    {
        Assert.Null(connections.MostUseless());
        Peer Open(int number, double opened, int useful, bool interested)
        {
            var peer = Dial(number);
            (peer.IsOpen, peer.Opened, peer.Useful, peer.IsInterested) = (true, Swarming.At(opened), useful, interested);
            return peer;
        }

        Dial(1);
        Open(2, 1, 1, false);
        Open(3, 1, 0, true);
        Assert.Null(connections.MostUseless());
        Open(4, 3, 0, false);
        var useless = Open(5, 2, 0, false);
        Assert.Same(useless, connections.MostUseless());
    }

    [Fact]
    public void The_older_connection_to_where_another_process_answers_now_is_stale()
    {
        var (older, fresh) = (Dial(1), Accept(1));
        (older.IsOpen, older.PeerId) = (true, Swarming.Id(1));
        (fresh.IsOpen, fresh.PeerId) = (true, Swarming.Id(2));
        Assert.Null(connections.Stale(fresh)); // where it listens is not known yet
        fresh.Listening = Swarming.Place(1);
        Assert.Same(older, connections.Stale(fresh));
        fresh.PeerId = Swarming.Id(1);
        Assert.Null(connections.Stale(fresh));
    }

    [Theory]
    [InlineData(CloseReason.Self)]
    [InlineData(CloseReason.BothComplete)]
    [InlineData(CloseReason.Useless)]
    [InlineData(CloseReason.Duplicate)]
    [InlineData(CloseReason.TimedOut)]
    [InlineData(null)]
    public void How_a_connection_ended_says_when_to_dial_again(CloseReason? reason)
    {
        var peer = Dial(1);
        var candidate = candidates.Find(Swarming.Place(1))!;
        Assert.True(candidate.InUse);
        connections.Remove(peer);
        connections.Settle(now, peer, reason);

        Assert.False(candidate.InUse);
        Assert.Equal(reason is CloseReason.Self, candidate.IsSelf);
        Assert.Equal(reason is CloseReason.TimedOut or null ? 1 : 0, candidate.Failures);
        var rest = reason switch
        {
            CloseReason.BothComplete => TimeSpan.FromMinutes(5),
            CloseReason.Useless => TimeSpan.FromSeconds(2),
            CloseReason.Duplicate => TimeSpan.FromMilliseconds(100),
            _ => candidate.NotBefore - now, // by chance: see the candidates
        };
        Assert.Equal(now + rest, candidates.Find(Swarming.Place(1))!.NotBefore);
    }

    [Fact]
    public void A_candidate_stays_in_use_while_another_connection_leads_to_it()
    {
        var (first, second) = (Dial(1), Accept(1));
        second.Listening = Swarming.Place(1);
        connections.Remove(first);
        connections.Settle(now, first, CloseReason.Duplicate);
        Assert.True(candidates.Find(Swarming.Place(1))!.InUse);
    }

    [Fact]
    public void A_stranger_who_only_claims_to_listen_somewhere_spoils_nothing()
    {
        candidates.Learn(Swarming.Place(1), isStatic: false);
        var caller = Accept(1);
        caller.Listening = Swarming.Place(1); // but the handshakes never went through
        connections.Settle(now, caller, null);
        Assert.Equal(0, candidates.Find(Swarming.Place(1))!.Failures);
    }

    private Peer Dial(int number) =>
        connections.Dial(now, candidates.Learn(Swarming.Place(number), isStatic: false)!, default, outbox);

    private Peer Accept(int number) => connections.Accept(now, Swarming.Place(number, 40000))!;
}
