using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Fetching a description of three parts, the last of them short.</summary>
public sealed class MetadataFetchTests
{
    private static readonly InfoDictionary info = Swarming.File(new string('a', 2 * 820));

    private readonly SwarmOutbox outbox = new();
    private readonly MetadataFetch fetch = new(info.InfoHash, Swarming.Settings.MetadataPatience);
    private readonly Peer peer = Knowing(1);

    [Fact]
    public void It_is_asked_part_by_part_and_is_there_with_the_last()
    {
        Assert.Equal(3, MetadataMessage.CountPieces(info.Bytes.Length));
        fetch.Ask(Swarming.At(1), peer, outbox);
        Assert.Equal(["#1 <- metadata-request 0"], outbox.TakeLines());
        Assert.Equal(Swarming.At(3), fetch.GiveUpAt);

        Assert.Null(Receive(2, peer, Part(0)));
        Assert.Equal(["#1 <- metadata-request 1"], outbox.TakeLines());
        Assert.Equal(Swarming.At(4), fetch.GiveUpAt); // patience begins anew with every part
        Assert.Null(Receive(3, peer, Part(1)));
        Assert.Equal(["#1 <- metadata-request 2"], outbox.TakeLines());

        Assert.Equal(info.InfoHash, Receive(4, peer, Part(2))?.InfoHash);
        Assert.Empty(outbox.TakeLines());
    }

    [Fact]
    public void One_peer_is_asked_at_a_time()
    {
        fetch.Ask(default, peer, outbox);
        outbox.Clear();
        fetch.Ask(default, peer, outbox);
        fetch.Ask(default, Knowing(2), outbox);
        Assert.Empty(outbox.TakeLines());
        Assert.Equal(peer.Id, fetch.From);
    }

    [Fact]
    public void Whoever_has_it_not_or_does_not_say_its_size_is_not_asked()
    {
        var other = Knowing(2);
        other.ShakenWith = Sha1Digest.Of("other"u8);
        fetch.Ask(default, other, outbox);
        fetch.Ask(default, Saying(null), outbox);
        fetch.Ask(default, Saying(new ExtendedHandshake { MetadataId = 3 }), outbox);
        fetch.Ask(default, Saying(new ExtendedHandshake { MetadataSize = 100 }), outbox);
        fetch.Ask(default, Saying(new ExtendedHandshake { MetadataId = 0, MetadataSize = 100 }), outbox);
        fetch.Ask(default, Saying(new ExtendedHandshake { MetadataId = 3, MetadataSize = MetadataMessage.TotalSizeMax + 1 }), outbox);
        Assert.Empty(outbox.TakeLines());
        Assert.Null(fetch.From);
        fetch.Ask(default, Saying(new ExtendedHandshake { MetadataId = 3, MetadataSize = MetadataMessage.TotalSizeMax }), outbox);
        Assert.Single(outbox.TakeLines());
    }

    [Fact]
    public void Another_size_than_was_said_is_a_lie()
    {
        fetch.Ask(default, peer, outbox);
        Receive(0, peer, Part(0) with { TotalSize = info.Bytes.Length + 1 }, lied: true);
    }

    [Fact]
    public void Bytes_whose_hash_is_another_are_a_lie()
    {
        fetch.Ask(default, peer, outbox);
        Receive(0, peer, Part(0));
        Receive(0, peer, Part(1));
        var wrong = Part(2).Bytes.ToArray();
        wrong[^1] ^= 1;
        Assert.Null(Receive(0, peer, Part(2) with { Bytes = wrong }, lied: true));
    }

    [Theory]
    [InlineData("4:junk", "info is not a bencoded dictionary")]
    [InlineData("d5:filesle4:name1:a12:piece lengthi1e6:pieces0:e", "info.files is there: roj shares single files, not folders")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:7:privatei1ee", Metainfo.PrivateFault)]
    public void Right_bytes_that_can_not_be_shared_are_nobodys_lie(string text, string fault)
    {
        var junk = Hex.Latin(text);
        var other = new MetadataFetch(Sha1Digest.Of(junk), Swarming.Settings.MetadataPatience);
        var known = Saying(new ExtendedHandshake { MetadataId = 3, MetadataSize = junk.Length });
        known.ShakenWith = other.InfoHash;
        other.Ask(default, known, outbox);
        Assert.Null(other.Receive(default, known, new MetadataMessage.Data(0, junk.Length, junk), outbox, out var lied));
        Assert.False(lied);
        Assert.Equal(fault, other.Fault);

        outbox.Clear();
        other.Ask(default, known, outbox); // the next would send the same
        Assert.Empty(outbox.TakeLines());
    }

    [Fact]
    public void Parts_out_of_order_twice_or_of_others_are_passed_over()
    {
        fetch.Ask(default, peer, outbox);
        outbox.Clear();
        Assert.Null(Receive(0, peer, Part(1)));
        Assert.Null(Receive(0, Knowing(2), Part(0)));
        Assert.Empty(outbox.TakeLines());
        Receive(0, peer, Part(0));
        outbox.Clear();
        Assert.Null(Receive(0, peer, Part(0)));
        Assert.Empty(outbox.TakeLines());
        Receive(0, peer, Part(1));
        Assert.NotNull(Receive(0, peer, Part(2)));
    }

    [Fact]
    public void Another_peer_begins_anew()
    {
        fetch.Ask(default, peer, outbox);
        Receive(0, peer, Part(0));
        fetch.Abandon(new ConnectionId(7)); // another than is asked
        Assert.Equal(peer.Id, fetch.From);
        fetch.Abandon(peer.Id);
        Assert.Null(fetch.From);
        Assert.Null(Receive(0, peer, Part(1)));

        outbox.Clear();
        var next = Knowing(2);
        fetch.Ask(default, next, outbox);
        Assert.Equal(["#2 <- metadata-request 0"], outbox.TakeLines());
        Receive(0, next, Part(0));
        Receive(0, next, Part(1));
        Assert.NotNull(Receive(0, next, Part(2)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData((byte)0)]
    public void A_peer_that_takes_the_extension_back_is_not_asked_any_more(byte? id)
    {
        fetch.Ask(default, peer, outbox);
        outbox.Clear();
        peer.Extensions = new ExtendedHandshake { MetadataId = id };
        Assert.Null(Receive(1, peer, Part(0)));
        Assert.Empty(outbox.TakeLines());
        Assert.Equal(Swarming.At(3), fetch.GiveUpAt); // then it is another's turn
    }

    [Fact]
    public void What_was_received_is_kept_as_a_copy()
    {
        fetch.Ask(default, peer, outbox);
        var bytes = Part(0).Bytes.ToArray();
        Receive(0, peer, Part(0) with { Bytes = bytes });
        bytes[0] ^= 1;
        Receive(0, peer, Part(1));
        Assert.NotNull(Receive(0, peer, Part(2)));
    }

    private static MetadataMessage.Data Part(int part)
    {
        var from = part * MetadataMessage.PieceLength;
        var length = MetadataMessage.PieceSize(part, info.Bytes.Length);
        return new MetadataMessage.Data(part, info.Bytes.Length, info.Bytes.Slice(from, length));
    }

    private static Peer Knowing(int number) => new(new ConnectionId(number), Swarming.Place(number), outgoing: true, info.InfoHash)
    {
        IsOpen = true,
        Extensions = new ExtendedHandshake { MetadataId = 3, MetadataSize = info.Bytes.Length },
    };

    private static Peer Saying(ExtendedHandshake? handshake)
    {
        var peer = Knowing(9);
        peer.Extensions = handshake;
        return peer;
    }

    private InfoDictionary? Receive(double at, Peer from, MetadataMessage.Data data, bool lied = false)
    {
        var received = fetch.Receive(Swarming.At(at), from, data, outbox, out var isLie);
        Assert.Equal(lied, isLie);
        return received;
    }
}
