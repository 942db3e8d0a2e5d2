using Roj.Files;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>What others have is remembered when they are gone, within limits.</summary>
public sealed class HoldingsTests
{
    [Fact]
    public void Who_hung_up_is_remembered_as_he_was_until_he_is_back()
    {
        var holdings = new Holdings();
        var first = Peer(1, 1, 2);
        var second = Peer(2, 0);
        var ofSecond = new Holding(Swarming.Place(2), 1, "f000");
        Assert.Equal([new Holding(Swarming.Place(1), 2, "0ff0"), ofSecond], holdings.With([first, second]));

        holdings.Left(first);
        Assert.Equal(2, holdings.With([second]).Count);
        var back = Peer(1, 3);
        Assert.Equal([new Holding(Swarming.Place(1), 1, "000f"), ofSecond], holdings.With([back, second]));
    }

    [Theory]
    [InlineData(true, true, 4, "ffff")]
    [InlineData(true, null, 1, "f000")]
    [InlineData(false, true, 1, "f000")]
    public void A_Roj_that_wants_nothing_has_everything_though_it_has_named_little(bool isRoj, bool? uploadOnly, int have, string sketch)
    {
        var peer = Peer(2, 0);
        peer.PeerId = isRoj ? Swarming.Id(2) : Swarming.ForeignId(2); // of others it may mean that a part is all they want (BEP 21)
        peer.Extensions = new ExtendedHandshake { UploadOnly = uploadOnly };
        var holdings = new Holdings();
        Assert.Equal([new Holding(Swarming.Place(2), have, sketch)], holdings.With([peer]));
        holdings.Left(peer);
        Assert.Equal([new Holding(Swarming.Place(2), have, sketch)], holdings.With([]));
    }

    [Fact]
    public void Who_did_not_say_where_it_listens_or_what_it_has_is_forgotten()
    {
        var holdings = new Holdings();
        var stranger = new Peer(Swarming.Settings, new ConnectionId(1), Swarming.Place(3), outgoing: false, default)
        {
            Pieces = Swarming.Pieces(4, 1),
        };
        Assert.Equal([new Holding(Swarming.Place(3), 1, "0f00")], holdings.With([stranger]));
        holdings.Left(stranger);
        holdings.Left(new Peer(Swarming.Settings, new ConnectionId(2), Swarming.Place(4), outgoing: true, default));
        Assert.Empty(holdings.With([]));
    }

    [Fact]
    public void So_many_are_remembered_and_no_more()
    {
        var holdings = new Holdings();
        for (var number = 0; number <= Holdings.Max; number++)
            holdings.Left(Peer(number, 1));
        Assert.Equal(Holdings.Max, holdings.With([]).Count);
        holdings.Left(Peer(0, 0, 1)); // one of them all the same
        Assert.Equal(2, holdings.With([])[0].Have);
    }

    private static Peer Peer(int number, params int[] pieces) =>
        new(Swarming.Settings, new ConnectionId(number), Swarming.Place(number), outgoing: true, default)
        {
            Pieces = Swarming.Pieces(4, pieces),
        };
}
