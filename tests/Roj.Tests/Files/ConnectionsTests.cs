using Roj.Files;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class ConnectionsTests
{
    private static readonly SwarmSettings settings = Swarming.Settings;
    private static readonly int full = settings.ConnectionsMax;
    private static readonly Endpoint stranger = Swarming.Place(full + 1);

    private readonly SwarmOutbox outbox = new();
    private readonly Candidates candidates = new(settings, new Rng(1));
    private readonly Connections connections;
    private Instant now = Swarming.At(1);

    public ConnectionsTests()
    {
        connections = new Connections(settings, candidates);
    }

    [Fact]
    public void There_are_twelve_and_the_one_past_is_not_let_in()
    {
        Assert.Equal(12, full);
        for (var number = 1; number <= full; number++)
            Assert.NotNull(connections.Accept(now, Swarming.Place(number)));
        Assert.Null(connections.Accept(now, stranger));
        Assert.False(connections.HasRoomToDial(now));
        Assert.Null(connections.RoomToDialAt(now));
        connections.Remove(connections.All.First());
        Assert.NotNull(connections.Accept(now, stranger));
    }

    [Fact]
    public void Names_are_never_given_out_again()
    {
        var first = connections.Accept(now, Swarming.Place(1))!.Id;
        connections.Remove(connections.Find(first)!);
        Assert.NotEqual(first, connections.Accept(now, Swarming.Place(1))!.Id);
        Assert.Null(connections.Find(first));
    }

    /// <summary>The eight that are dialled at one time would all count; so these are five, and five that are aimed for.</summary>
    [Fact]
    public void As_many_are_dialled_as_are_aimed_for_and_more_only_when_these_do_not_answer()
    {
        var aiming = new Connections(settings with { DialUpTo = 5 }, candidates);
        for (var number = 1; number <= 5; number++)
        {
            Assert.True(aiming.HasRoomToDial(now));
            aiming.Dial(now, candidates.Learn(Swarming.Place(number), Swarming.Place(number).Address)!, default, outbox);
        }

        Assert.False(aiming.HasRoomToDial(now));
        var later = now + TimeSpan.FromMilliseconds(200);
        Assert.Equal(later, aiming.RoomToDialAt(now));
        Assert.False(aiming.HasRoomToDial(later - TimeSpan.FromTicks(1)));
        Assert.True(aiming.HasRoomToDial(later));
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
    public void Eight_that_are_there_are_enough()
    {
        Assert.Equal(8, settings.DialUpTo);
        for (var number = 1; number < settings.DialUpTo; number++)
            Dial(number).IsOpen = true;
        Assert.True(connections.HasRoomToDial(now));
        connections.Accept(now, Swarming.Place(settings.DialUpTo)); // whoever dialled
        Assert.False(connections.HasRoomToDial(now));
        Assert.Null(connections.RoomToDialAt(now));
    }

    [Fact]
    public void The_most_useless_gives_and_takes_nothing_and_has_done_so_longest()
    {
        Assert.Null(connections.MostUseless(now));
        Peer Open(int number, double opened, int useful, bool interested)
        {
            var peer = Dial(number);
            (peer.IsOpen, peer.Opened, peer.Useful, peer.IsInterested) = (true, Swarming.At(opened), useful, interested);
            peer.MovedAt = peer.Opened;
            return peer;
        }

        Dial(1);
        Open(2, 1, 1, false);
        Open(3, 1, 0, true);
        Assert.Null(connections.MostUseless(now));
        Open(4, 3, 0, false);
        var useless = Open(5, 2, 0, false);
        now = Swarming.At(3) - TimeSpan.FromTicks(1);
        Assert.Null(connections.MostUseless(now)); // for a second it may still say what it wants
        now = Swarming.At(10);
        Assert.Same(useless, connections.MostUseless(now));
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
        candidates.Learn(Swarming.Place(1), Swarming.Place(1).Address);
        var caller = Accept(1);
        caller.Listening = Swarming.Place(1); // but the handshakes never went through
        connections.Settle(now, caller, null);
        Assert.Equal(0, candidates.Find(Swarming.Place(1))!.Failures);
    }

    [Fact]
    public void A_dial_that_nobody_answers_makes_way_for_who_calls()
    {
        for (var number = 1; number <= 4; number++)
            Dial(number);
        for (var number = 5; number <= full; number++)
            Open(Accept(number));
        var fresh = now + TimeSpan.FromMilliseconds(200) - TimeSpan.FromTicks(1);
        Assert.Null(connections.MakesWay(fresh, stranger.Address));
        var dead = connections.MakesWay(now + TimeSpan.FromMilliseconds(200), stranger.Address);
        Assert.Equal(Swarming.Place(1), dead?.Remote);
    }

    [Fact]
    public void Who_calls_and_says_nothing_for_a_second_makes_way()
    {
        var silent = Accept(1);
        for (var number = 2; number <= full; number++)
            Open(Accept(number));
        Assert.Null(connections.MakesWay(now + TimeSpan.FromSeconds(0.999), stranger.Address));
        Assert.Same(silent, connections.MakesWay(now + TimeSpan.FromSeconds(1), stranger.Address));
    }

    [Fact]
    public void While_there_are_places_nobody_makes_way()
    {
        for (var number = 1; number < full; number++)
            Accept(number);
        Assert.Null(connections.MakesWay(now + TimeSpan.FromMinutes(1), stranger.Address));
    }

    [Fact]
    public void Who_says_it_is_interested_and_moves_no_block_for_ten_seconds_makes_way()
    {
        for (var number = 1; number <= full; number++)
        {
            Open(Accept(number)).IsInterested = true;
            now += TimeSpan.FromMilliseconds(1);
        }

        now = connections.All.First().Opened + TimeSpan.FromSeconds(10);
        Assert.Null(connections.MakesWay(now - TimeSpan.FromTicks(1), stranger.Address));
        Assert.Same(connections.All.First(), connections.MakesWay(now, stranger.Address));
        connections.All.First().MovedAt = now;
        Assert.Null(connections.MakesWay(now, stranger.Address));
    }

    [Fact]
    public void One_address_keeps_four_places_when_others_call()
    {
        for (var port = 1; port <= full; port++)
            Open(connections.Accept(now, Swarming.Place(1, (ushort)port))!).IsInterested = true;
        Assert.Null(connections.MakesWay(now, Swarming.Place(1).Address)); // it does not drive out itself
        for (var number = 2; number <= full - settings.PlacesPerAddress + 1; number++)
        {
            var youngest = connections.MakesWay(now, Swarming.Place(number).Address)!;
            Assert.Equal((Swarming.Place(1).Address, full + 2 - number), (youngest.Remote.Address, youngest.Remote.Port));
            connections.Remove(youngest);
            Open(Accept(number)).IsInterested = true;
        }

        Assert.Null(connections.MakesWay(now, stranger.Address));
    }

    [Fact]
    public void A_lobby_of_three_takes_those_for_whom_there_is_no_place_two_of_an_address()
    {
        candidates.Proved(candidates.Learn(Swarming.Place(1), Swarming.Place(1).Address)!, Swarming.Id(1));
        for (var number = 1; number <= full; number++)
            Open(Accept(number));
        Peer? Call(int number) => connections.Accept(now, Swarming.Place(number, 40000));
        Assert.Equal(3, settings.LobbyMax);
        Assert.True(Call(full + 1) is { InLobby: true });
        Assert.NotNull(Call(full + 1));
        Assert.Null(Call(full + 1));
        Assert.True(Call(full + 2) is { InLobby: true });
        Assert.Null(Call(full + 3));
        Assert.Equal(full, connections.Count);
        Assert.Equal(15, connections.All.Count());

        // Who leaves makes room for one of them.
        var waiting = connections.All.First(peer => peer.InLobby);
        Assert.False(connections.Admit(waiting, Swarming.Id(full + 1)));
        connections.Remove(connections.All.First());
        Assert.True(connections.Admit(waiting, Swarming.Id(full + 1)));
        Assert.Equal(full, connections.Count);
        Assert.NotNull(Call(full + 3));
    }

    [Fact]
    public void A_hundred_dials_are_made_in_a_second_whoever_refuses_them()
    {
        for (var number = 1; number <= 65_536; number++)
            candidates.LearnStatic(Swarming.Place(number));
        var dials = 0;
        for (var end = now + TimeSpan.FromSeconds(10); now < end; now += TimeSpan.FromMilliseconds(1))
        {
            while (connections.HasRoomToDial(now) && candidates.Next(now, _ => false) is { } candidate)
            {
                var peer = connections.Dial(now, candidate, default, outbox);
                connections.Remove(peer);
                connections.Settle(now, peer, null);
                dials++;
            }

            Assert.True(connections.RoomToDialAt(now) > now);
        }

        Assert.InRange(dials, 1000, 1064);
    }

    [Fact]
    public void Whoever_hangs_up_at_once_is_not_dialled_at_the_pace_of_a_first_failure()
    {
        foreach (var (seconds, moved, failures) in new[] { (0.999, false, 4), (1, false, 1), (0, true, 1) })
        {
            var candidate = candidates.Learn(Swarming.Place(1), Swarming.Place(1).Address)!;
            candidates.Refresh(now, candidate);
            for (var i = 0; i < 3; i++)
                candidates.Failed(now, candidate, lasted: false);
            var peer = Open(Dial(1));
            now += TimeSpan.FromSeconds(seconds);
            peer.MovedAt += moved ? TimeSpan.FromTicks(1) : TimeSpan.Zero;
            connections.Remove(peer);
            connections.Settle(now, peer, null);
            Assert.Equal(failures, candidate.Failures);
        }
    }

    private Peer Dial(int number) =>
        connections.Dial(now, candidates.Learn(Swarming.Place(number), Swarming.Place(number).Address)!, default, outbox);

    private Peer Accept(int number) => connections.Accept(now, Swarming.Place(number, 40000))!;

    private Peer Open(Peer peer)
    {
        (peer.IsOpen, peer.Opened, peer.MovedAt) = (true, now, now);
        return peer;
    }
}
