using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Fetching a description of six parts, the last of them short.</summary>
public sealed class MetadataFetchTests
{
    private const int Parts = 6;
    private static readonly InfoDictionary info = Swarming.File(new string('a', 5 * 820));

    private readonly SwarmOutbox outbox = new();
    private readonly MetadataFetch fetch = new(info.InfoHash, Swarming.Settings);
    private readonly Peer peer = Knowing(1);

    [Fact]
    public void Four_parts_are_asked_at_a_time_and_it_is_there_with_the_last()
    {
        Assert.Equal(Parts, MetadataMessage.CountPieces(info.Bytes.Length));
        fetch.Met(Swarming.At(1), peer, outbox);
        Assert.Equal(["#1: 0", "#1: 1", "#1: 2", "#1: 3"], Asked());
        Assert.True(fetch.IsFetching);
        Assert.Equal(Swarming.At(3), fetch.Deadline);

        Assert.Null(Receive(2, peer, 0));
        Assert.Equal(["#1: 4"], Asked());
        Assert.Equal(Swarming.At(4), fetch.Deadline); // patience begins anew with every part
        for (var part = 1; part < Parts - 1; part++)
            Assert.Null(Receive(2, peer, part));
        Assert.Equal(["#1: 5"], Asked());
        Assert.Equal(info.InfoHash, Described(Receive(4, peer, Parts - 1)));
        Assert.Empty(Asked());
    }

    [Fact]
    public void Several_peers_give_each_what_no_other_is_asked_for()
    {
        fetch.Met(default, peer, outbox);
        fetch.Met(default, Knowing(2), outbox);
        fetch.Met(default, Knowing(3), outbox);
        Assert.Equal(["#1: 0", "#1: 1", "#1: 2", "#1: 3", "#2: 4", "#2: 5"], Asked());
    }

    [Fact]
    public void Whoever_has_it_not_or_does_not_say_its_size_is_not_asked()
    {
        var other = Knowing(2);
        other.ShakenWith = Sha1Digest.Of("other"u8);
        fetch.Met(default, other, outbox);
        fetch.Met(default, Saying(null), outbox);
        fetch.Met(default, Saying(new ExtendedHandshake { MetadataId = 3 }), outbox);
        fetch.Met(default, Saying(new ExtendedHandshake { MetadataSize = 100 }), outbox);
        fetch.Met(default, Saying(new ExtendedHandshake { MetadataId = 0, MetadataSize = 100 }), outbox);
        fetch.Met(default, Saying(new ExtendedHandshake { MetadataId = 3, MetadataSize = MetadataMessage.TotalSizeMax + 1 }), outbox);
        Assert.Empty(Asked());
        Assert.False(fetch.IsFetching);
        fetch.Met(default, Saying(new ExtendedHandshake { MetadataId = 3, MetadataSize = MetadataMessage.TotalSizeMax }), outbox);
        Assert.Equal(4, Asked().Length);
    }

    [Fact]
    public void Another_size_than_was_said_is_a_lie()
    {
        fetch.Met(default, peer, outbox);
        Assert.IsType<MetadataOutcome.Lied>(
            fetch.Receive(default, peer, Part(0) with { TotalSize = info.Bytes.Length + 1 }, outbox));
    }

    [Fact]
    public void Bytes_whose_hash_is_another_are_the_lie_of_who_sent_all()
    {
        fetch.Met(default, peer, outbox);
        for (var part = 0; part < Parts - 1; part++)
            Receive(0, peer, part);
        Assert.IsType<MetadataOutcome.Lied>(fetch.Receive(default, peer, Wrong(Parts - 1), outbox));
    }

    [Fact]
    public void When_several_sent_it_nobody_is_to_blame_and_then_one_at_a_time_is_asked_until_the_liar_shows()
    {
        var (liar, honest) = (Knowing(1), Knowing(2));
        fetch.Met(default, liar, outbox);
        fetch.Met(default, honest, outbox);
        Receive(0, honest, 4);
        Receive(0, honest, 5);
        for (var part = 0; part < 3; part++)
            Receive(0, liar, part);
        Asked();
        Assert.Null(fetch.Receive(default, liar, Wrong(3), outbox));

        // Whoever was asked longest ago is first; the other is not asked at all.
        Assert.Equal(["#1: 0", "#1: 1", "#1: 2", "#1: 3"], Asked());
        for (var part = 0; part < Parts - 1; part++)
            Receive(0, liar, part);
        Assert.All(Asked(), line => Assert.StartsWith("#1", line));
        Assert.IsType<MetadataOutcome.Lied>(fetch.Receive(default, liar, Wrong(Parts - 1), outbox));

        outbox.Clear();
        fetch.Left(default, liar, outbox);
        Assert.Equal(["#2: 0", "#2: 1", "#2: 2", "#2: 3"], Asked());
        for (var part = 0; part < Parts - 1; part++)
            Receive(0, honest, part);
        Assert.Equal(info.InfoHash, Described(Receive(0, honest, Parts - 1)));
    }

    [Theory]
    [InlineData("4:junk", "info is not a bencoded dictionary")]
    [InlineData("d5:filesle4:name1:a12:piece lengthi1e6:pieces0:e", "info.files is there: roj shares single files, not folders")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:7:privatei1ee", Metainfo.PrivateFault)]
    public void Right_bytes_that_describe_no_single_file_are_nobodys_lie(string text, string fault)
    {
        var bytes = Hex.Latin(text);
        var other = new MetadataFetch(Sha1Digest.Of(bytes), Swarming.Settings);
        var known = new Peer(Swarming.Settings, new ConnectionId(1), Swarming.Place(1), outgoing: true, Sha1Digest.Of(bytes))
        {
            IsOpen = true,
            Extensions = new ExtendedHandshake { MetadataId = 3, MetadataSize = bytes.Length },
        };
        other.Met(default, known, outbox);
        var outcome = other.Receive(default, known, new MetadataMessage.Data(0, bytes.Length, bytes), outbox);
        Assert.Equal(new MetadataOutcome.Unusable(Sha1Digest.Of(bytes), fault), outcome);
    }

    [Fact]
    public void Parts_that_come_twice_or_were_not_asked_are_passed_over()
    {
        fetch.Met(default, peer, outbox);
        Asked();
        Assert.Null(Receive(0, peer, 5));
        Assert.Null(Receive(0, Knowing(2), 0));
        Assert.Empty(Asked());
        Receive(0, peer, 0);
        Asked();
        Assert.Null(Receive(0, peer, 0));
        Assert.Empty(Asked());
    }

    [Fact]
    public void What_a_slow_peer_owes_is_asked_of_another_and_welcome_from_both()
    {
        fetch.Met(default, peer, outbox);
        Receive(1, peer, 0);
        Asked();
        var next = Knowing(2);
        fetch.Met(Swarming.At(1), next, outbox);
        Assert.Equal(["#2: 5"], Asked());
        Receive(1.5, next, 5);
        fetch.Tick(Swarming.At(3), outbox);
        Assert.Equal(["#2: 1", "#2: 2", "#2: 3", "#2: 4"], Asked());
        Receive(4, peer, 1); // late
        Receive(4, next, 1);
        for (var part = 2; part < 4; part++)
            Receive(4, next, part);
        Assert.Equal(info.InfoHash, Described(Receive(4, next, 4)));
    }

    /// <summary>It once began anew with every part that took longer than two seconds, and never ended.</summary>
    [Fact]
    public void Over_a_link_on_which_a_part_takes_five_seconds_it_ends()
    {
        fetch.Met(default, peer, outbox);
        MetadataOutcome? outcome = null;
        for (var part = 0; part < Parts; part++)
        {
            for (var second = 1; second <= 5; second++)
                fetch.Tick(Swarming.At((5 * part) + second), outbox);
            outcome = Receive(5 * (part + 1), peer, part);
        }

        Assert.Equal(info.InfoHash, Described(outcome));
    }

    [Fact]
    public void While_some_of_a_part_comes_patience_lasts_four_times_as_long()
    {
        fetch.Met(default, peer, outbox);
        for (var second = 1; second <= 7; second++)
        {
            peer.HeardAt = Swarming.At(second);
            Assert.Equal(Swarming.At(Math.Min(second + 2, 8)), fetch.Deadline);
        }
    }

    [Fact]
    public void Whoever_refuses_is_not_asked_again_before_a_slow_one_would_be()
    {
        fetch.Met(default, peer, outbox);
        Asked();
        fetch.Refused(Swarming.At(1), peer, outbox);
        Assert.Empty(Asked());
        Assert.Equal(Swarming.At(3), fetch.Deadline);
        fetch.Met(Swarming.At(2), Knowing(2), outbox);
        Assert.Equal(4, Asked().Count(line => line.StartsWith("#2", StringComparison.Ordinal)));
        fetch.Tick(Swarming.At(3), outbox);
        Assert.Equal(["#1: 4"], Asked()); // one at a time, until it answers
    }

    [Fact]
    public void What_a_peer_that_left_had_sent_is_kept()
    {
        fetch.Met(default, peer, outbox);
        for (var part = 0; part < Parts - 1; part++)
            Receive(0, peer, part);
        fetch.Left(default, peer, outbox);
        Assert.False(fetch.IsFetching);
        Asked();
        var next = Knowing(2);
        fetch.Met(default, next, outbox);
        Assert.Equal(["#2: 5"], Asked());
        Assert.Equal(info.InfoHash, Described(Receive(0, next, 5)));
    }

    [Fact]
    public void Of_several_sizes_that_is_believed_that_most_say()
    {
        var liar = Knowing(9);
        liar.Extensions = new ExtendedHandshake { MetadataId = 3, MetadataSize = MetadataMessage.TotalSizeMax };
        fetch.Met(default, liar, outbox);
        fetch.Met(default, Knowing(1), outbox);
        Assert.All(Asked(), line => Assert.StartsWith("#9", line));
        fetch.Met(default, Knowing(2), outbox);
        Assert.Equal(["#1: 0", "#1: 1", "#1: 2", "#1: 3", "#2: 4", "#2: 5"], Asked());
    }

    [Fact]
    public void A_size_that_leads_to_nothing_is_given_up_for_another()
    {
        var liar = Knowing(9);
        liar.Extensions = new ExtendedHandshake { MetadataId = 3, MetadataSize = 100 };
        fetch.Met(default, liar, outbox);
        fetch.Met(default, peer, outbox);
        Assert.Equal(["#9: 0"], Asked());
        fetch.Tick(Swarming.At(2), outbox);
        Assert.Equal(["#1: 0", "#1: 1", "#1: 2", "#1: 3"], Asked());
    }

    [Fact]
    public void A_peer_that_takes_the_extension_back_is_not_asked_any_more()
    {
        fetch.Met(default, peer, outbox);
        Asked();
        peer.Extensions = peer.Extensions!.Then(new ExtendedHandshake { MetadataId = 0 });
        fetch.Met(default, peer, outbox);
        Assert.Null(Receive(1, peer, 0));
        Assert.Empty(Asked());
        Assert.Null(fetch.Deadline);
    }

    [Fact]
    public void What_was_received_is_kept_as_a_copy()
    {
        fetch.Met(default, peer, outbox);
        var bytes = Part(0).Bytes.ToArray();
        fetch.Receive(default, peer, Part(0) with { Bytes = bytes }, outbox);
        bytes[0] ^= 1;
        for (var part = 1; part < Parts - 1; part++)
            Receive(0, peer, part);
        Assert.NotNull(Described(Receive(0, peer, Parts - 1)));
    }

    private static MetadataMessage.Data Part(int part)
    {
        var from = part * MetadataMessage.PieceLength;
        var length = MetadataMessage.PieceSize(part, info.Bytes.Length);
        return new MetadataMessage.Data(part, info.Bytes.Length, info.Bytes.Slice(from, length));
    }

    private static MetadataMessage.Data Wrong(int part)
    {
        var bytes = Part(part).Bytes.ToArray();
        bytes[^1] ^= 1;
        return Part(part) with { Bytes = bytes };
    }

    private static Peer Knowing(int number) =>
        new(Swarming.Settings, new ConnectionId(number), Swarming.Place(number), outgoing: true, info.InfoHash)
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

    private static Sha1Digest? Described(MetadataOutcome? outcome) => (outcome as MetadataOutcome.Described)?.Info.InfoHash;

    private string[] Asked() => [.. outbox.TakeLines().Select(line => line.Replace(" <- metadata-request", ":", StringComparison.Ordinal))];

    private MetadataOutcome? Receive(double at, Peer from, int part) => fetch.Receive(Swarming.At(at), from, Part(part), outbox);
}
