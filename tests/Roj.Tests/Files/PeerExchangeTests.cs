using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class PeerExchangeTests
{
    private readonly SwarmOutbox outbox = new();
    private readonly Candidates candidates = new(Swarming.Settings, new Rng(1));
    private readonly PeerExchange exchange;
    private readonly Peer peer;

    public PeerExchangeTests()
    {
        exchange = new PeerExchange(Swarming.Settings, candidates, new Rng(1));
        peer = new Peer(Swarming.Settings, new ConnectionId(1), Swarming.Place(1), outgoing: true, default)
        {
            IsOpen = true,
            PeerId = Swarming.Id(1),
            Extensions = new ExtendedHandshake { PeerExchangeId = 7 },
        };
        Prove(1);
    }

    [Fact]
    public void Only_the_proven_are_told_of_and_nobody_of_himself()
    {
        candidates.LearnStatic(Swarming.Place(2));
        Prove(3);
        Assert.Equal([Swarming.Place(3)], Tell(0));
        Assert.Null(exchange.Due(peer));
    }

    [Fact]
    public void With_nobody_to_tell_of_nothing_is_sent()
    {
        Assert.Empty(Tell(0));
        Assert.Null(exchange.Due(peer));
    }

    [Fact]
    public void A_Roj_is_told_once_a_second()
    {
        Prove(2);
        Assert.Single(Tell(5));
        Prove(3);
        Assert.Equal(Swarming.At(6), exchange.Due(peer));
        Assert.Empty(Tell(5.999));
        Assert.Equal([Swarming.Place(3)], Tell(6)); // news alone
        Assert.Empty(Tell(100));
    }

    [Fact]
    public void A_young_Roj_is_told_as_often_as_it_is_old()
    {
        peer.Opened = Swarming.At(5);
        var told = new List<double>();
        for (var ms = 0; ms <= 4000; ms += 10)
        {
            Prove(2 + ms);
            if (Tell(5 + (ms / 1000.0)).Count > 0)
                told.Add(ms);
        }

        Assert.Equal([0, 50, 100, 200, 400, 800, 1600, 2600, 3600], told);
    }

    [Fact]
    public void Who_hears_the_same_many_is_not_told_the_same_few()
    {
        for (var number = 2; number < 200; number++)
            Prove(number);
        var other = new Peer(Swarming.Settings, new ConnectionId(2), Swarming.Place(1), outgoing: true, default)
        {
            IsOpen = true,
            PeerId = Swarming.Id(1),
            Extensions = peer.Extensions,
        };
        var first = Tell(0);
        exchange.Tell(Swarming.At(0), other, outbox);
        Assert.True(PeerExchangeMessage.TryRead(outbox.TakeSent<PeerMessage.Extended>()[0].Message.Payload.Span, out var second));
        Assert.InRange(first.Intersect(second.Added).Count(), 0, 30);
    }

    [Fact]
    public void A_peer_can_teach_eight_messages_at_once_and_four_a_second()
    {
        var learnt = new List<Endpoint>();
        var number = 1000;
        int Taught(double at)
        {
            var before = learnt.Count;
            exchange.Learn(Swarming.At(at), peer, new PeerExchangeMessage([Swarming.Place(++number)], []), learnt);
            return learnt.Count - before;
        }

        Assert.Equal(8, Enumerable.Range(0, 100).Sum(_ => Taught(5)));
        Assert.Equal(0, Taught(5.249));
        Assert.Equal(1, Taught(5.25));
        Assert.Equal(0, Taught(5.25));
        Assert.Equal(40, Enumerable.Range(1, 1000).Sum(i => Taught(5.25 + (i / 100.0))));
    }

    [Fact]
    public void Another_program_is_told_once_a_minute()
    {
        peer.PeerId = Swarming.ForeignId(1);
        Prove(2);
        Tell(5);
        Prove(3);
        Assert.Equal(Swarming.At(65), exchange.Due(peer));
        Assert.Empty(Tell(64.999));
        Assert.Single(Tell(65));
    }

    [Fact]
    public void Another_program_that_was_told_nothing_waits_for_nothing()
    {
        peer.PeerId = Swarming.ForeignId(1);
        Assert.Empty(Tell(5)); // it is itself the only one we know
        Prove(2);
        Assert.Equal([Swarming.Place(2)], Tell(6));
    }

    [Theory]
    [InlineData(49, new[] { 49 })]
    [InlineData(50, new[] { 50 })]
    [InlineData(51, new[] { 50, 1 })]
    [InlineData(150, new[] { 50, 50, 50 })]
    public void Never_are_more_than_fifty_told_at_once_and_the_rest_follows(int count, int[] told)
    {
        for (var number = 2; number < 2 + count; number++)
            Prove(number);
        var all = new List<Endpoint>();
        for (var second = 0; exchange.Due(peer) is not null; second++)
        {
            var added = Tell(second);
            Assert.Equal(told.ElementAtOrDefault(second), added.Count);
            all.AddRange(added);
        }

        Assert.Equal(count, all.Distinct().Count());
        Assert.Equal(count, all.Count);
    }

    [Fact]
    public void Whoever_does_not_speak_BEP_11_or_has_turned_it_off_is_not_told()
    {
        Prove(2);
        foreach (var handshake in new[] { null, new ExtendedHandshake(), new ExtendedHandshake { PeerExchangeId = 0 } })
        {
            peer.Extensions = handshake;
            Assert.Null(exchange.Due(peer));
            Assert.Empty(Tell(0));
        }
    }

    [Fact]
    public void It_goes_to_the_number_that_the_peer_gave_it()
    {
        Prove(2);
        exchange.Tell(default, peer, outbox);
        Assert.Equal(7, Assert.Single(outbox.TakeSent<PeerMessage.Extended>()).Message.Id);
    }

    [Fact]
    public void What_a_peer_was_told_is_remembered_for_as_many_as_there_are_candidates()
    {
        for (var number = 2; number < 5000; number++)
        {
            Prove(number);
            Tell(number);
        }

        Assert.InRange(peer.Told.Count, 1000, 1024);
    }

    private void Prove(int number) =>
        candidates.Proved(candidates.Learn(Swarming.Place(number), Swarming.Place(number).Address)!, Swarming.Id(number));

    private IReadOnlyList<Endpoint> Tell(double at)
    {
        exchange.Tell(Swarming.At(at), peer, outbox);
        var sent = outbox.TakeSent<PeerMessage.Extended>();
        Assert.InRange(sent.Count, 0, 1);
        return sent.Count > 0 && PeerExchangeMessage.TryRead(sent[0].Message.Payload.Span, out var message) ? message.Added : [];
    }
}
