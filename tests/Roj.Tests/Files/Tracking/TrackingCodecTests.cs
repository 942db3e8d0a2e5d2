using System.Text;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Tracking;

public sealed class TrackingCodecTests
{
    private const string Right = "info_hash=%124Vx%9a%BC%de%f1%23Eg%89%ab%cd%ef%124Vx%9a&peer_id=-RJ0001-abcdefghijkl&port=6881";

    [Fact]
    public void A_request_is_written_as_bep_3_has_it()
    {
        var request = new AnnounceRequest
        {
            InfoHash = Sha1Digest.Read(Convert.FromHexString("123456789ABCDEF123456789ABCDEF123456789A")),
            PeerId = PeerId.Read("-RJ0001-abcdefghijkl"u8),
            Port = 6881,
            Left = 7,
            Event = AnnounceEvent.Started,
            Key = "k",
            TrackerId = "a&b",
        };
        Assert.Equal(
            "info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A&peer_id=-RJ0001-abcdefghijkl&port=6881&uploaded=0&downloaded=0"
            + "&left=7&compact=1&event=started&numwant=50&key=k&trackerid=a%26b",
            request.Query());
        Assert.True(AnnounceRequest.TryRead(Encoding.ASCII.GetBytes(request.Query()), out var again, out _));
        Assert.Equal(request with { Key = null, TrackerId = null }, again);
        Assert.True(AnnounceRequest.TryRead(Encoding.ASCII.GetBytes(Right), out again, out _));
        Assert.Equal((request.InfoHash, false, long.MaxValue, 50), (again.InfoHash, again.IsCompact, again.Left, again.NumWant));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&&==&=")]
    [InlineData("info_hash=%12&peer_id=-RJ0001-abcdefghijkl&port=6881")]
    [InlineData(Right + "&port=0")]
    [InlineData(Right + "&port=65536")]
    [InlineData(Right + "&port=-1")]
    [InlineData(Right + "&peer_id=")]
    [InlineData(Right + "&peer_id=-RJ0001-abcdefghijklm")]
    [InlineData(Right + "&peer_id=-RJ0001-abcdefghijk%")]
    [InlineData(Right + "&peer_id=-RJ0001-abcdefghijk%4")]
    [InlineData(Right + "&peer_id=-RJ0001-abcdefghijk%4g")]
    public void A_request_without_what_it_needs_is_refused_with_a_reason(string query)
    {
        Assert.False(AnnounceRequest.TryRead(Encoding.ASCII.GetBytes(query), out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Numbers_that_are_none_do_no_harm()
    {
        var query = Right + "&left=x&numwant=-1&uploaded=99999999999999999999&compact=2&event=exploded&ip=9.9.9.9";
        Assert.True(AnnounceRequest.TryRead(Encoding.ASCII.GetBytes(query), out var request, out _));
        Assert.Equal((long.MaxValue, 50, 0L, AnnounceEvent.None), (request.Left, request.NumWant, request.Uploaded, request.Event));
    }

    [Fact]
    public void Both_forms_of_an_answer_are_read_and_unusable_peers_passed_over()
    {
        Assert.True(AnnounceAnswer.TryRead(
            Hex.Latin(
                "d8:intervali9e5:peers19:\u0001\u0002\u0003\u0004\u0000\u0005"
                + "\0\0\0\0\0\u0001\u0001\u0002\u0003\u0004\0\0!6:peers61:xe"),
            out var compact));
        Assert.Equal([new TrackedPeer(new Endpoint(0x01020304, 5))], compact.Peers);
        Assert.True(AnnounceAnswer.TryRead(
            Hex.Latin("d5:peersld2:ip7:1.2.3.47:peer id20:-RJ0001-abcdefghijkl4:porti5eed2:ip3:::14:porti5eed2:ip1:h4:porti5ee"
                + "d2:ip7:1.2.3.44:porti65536eedeee"),
            out var dictionaries));
        Assert.Equal([new TrackedPeer(new Endpoint(0x01020304, 5), PeerId.Read("-RJ0001-abcdefghijkl"u8))], dictionaries.Peers);
    }

    [Fact]
    public void Texts_are_one_line_and_short()
    {
        Assert.True(AnnounceAnswer.TryRead(Hex.Latin($"d14:failure reason300:a\n\u001b{new string('x', 297)}e"), out var answer));
        Assert.Equal(AnnounceAnswer.TextLengthMax, answer.FailureReason!.Length);
        Assert.DoesNotContain(answer.FailureReason, char.IsControl);
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(201, 200)]
    public void Peers_beyond_the_limit_are_passed_over(int told, int taken)
    {
        var body = Hex.Latin($"d5:peers{told * 6}:{string.Concat(Enumerable.Repeat("abcdef", told))}e");
        Assert.True(AnnounceAnswer.TryRead(body, out var answer));
        Assert.Equal(taken, answer.Peers.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_written_is_read(bool isCompact)
    {
        var answer = new AnnounceAnswer
        {
            Interval = TimeSpan.FromSeconds(60),
            MinInterval = TimeSpan.FromSeconds(10),
            Complete = 1,
            Incomplete = 2,
            TrackerId = "\u00ff",
            Warning = "w",
            Peers = [new TrackedPeer(new Endpoint(0x7F000001, 6881))],
        };
        Assert.True(AnnounceAnswer.TryRead(answer.Write(isCompact), out var again));
        Assert.Equal(answer.Peers, again.Peers);
        Assert.Equal(answer with { Peers = [] }, again with { Peers = answer.Peers.Take(0).ToArray() });
    }

    [Theory]
    [InlineData("http://h", "h", 80, "/")]
    [InlineData("HTTP://H:8080/announce?passkey=1#x", "h", 8080, "/announce?passkey=1")]
    [InlineData("http://1.2.3.4:?q", "1.2.3.4", 80, "/?q")]
    public void A_url_is_taken_apart(string text, string host, int port, string target)
    {
        Assert.True(TrackerUrl.TryParse(text, out var url, out _));
        Assert.Equal(new TrackerUrl(host, (ushort)port, target), url);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("http://:80/")]
    [InlineData("http://h:0/")]
    [InlineData("http://h:65536/")]
    [InlineData("http://h:+1/")]
    [InlineData("http://u@h/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://h/a b")]
    [InlineData("http://h/\r\nHost: x")]
    [InlineData("http://h/\u00e4")]
    [InlineData("https://h/")]
    [InlineData("udp://h:1/")]
    public void What_is_no_url_of_ours_is_refused_with_a_reason(string? text)
    {
        Assert.False(TrackerUrl.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData(TrackerUrl.LengthMax, true)]
    [InlineData(TrackerUrl.LengthMax + 1, false)]
    public void A_url_has_a_limit(int length, bool isRight) =>
        Assert.Equal(isRight, TrackerUrl.TryParse("http://h/".PadRight(length, 'x'), out _, out _));

    [Fact]
    public void A_local_announce_is_written_and_read_as_bep_14_has_it()
    {
        var hash = Announcing.File;
        var message = new LocalSearchMessage(6881, [hash], "c");
        var text = $"BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: {hash}\r\ncookie: c\r\n\r\n\r\n";
        Assert.Equal(text, Encoding.ASCII.GetString(message.Write()));
        foreach (var form in new[] { text, text.ToUpperInvariant(), text.Replace("\r", "", StringComparison.Ordinal), text.TrimEnd() })
        {
            Assert.Equal(ReadStatus.Done, LocalSearchMessage.TryRead(Encoding.ASCII.GetBytes(form), out var read));
            Assert.Equal((6881, hash), (read!.Port, Assert.Single(read.InfoHashes)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("M-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: 0123456789012345678901234567890123456789\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 0\r\nInfohash: 0123456789012345678901234567890123456789\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 65536\r\nInfohash: 0123456789012345678901234567890123456789\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: 012345678901234567890123456789012345678\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: 012345678901234567890123456789012345678g\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 1\r\n\r\nInfohash: 0123456789012345678901234567890123456789\r\n")]
    public void A_local_announce_without_what_it_needs_is_refused(string text) =>
        Assert.Equal(ReadStatus.Malformed, LocalSearchMessage.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData(LocalSearchMessage.LengthMax, ReadStatus.Done)]
    [InlineData(LocalSearchMessage.LengthMax + 1, ReadStatus.Malformed)]
    public void A_local_announce_has_a_limit(int length, ReadStatus status)
    {
        var files = Enumerable.Repeat(Announcing.File, LocalSearchMessage.InfoHashesMax).ToArray();
        var bytes = new LocalSearchMessage(1, files, new string('c', 64)).Write();
        Assert.InRange(bytes.Length, 1, LocalSearchMessage.LengthMax);
        Array.Resize(ref bytes, length);
        Assert.Equal(status, LocalSearchMessage.TryRead(bytes, out _));
    }
}
