using System.Text;
using Roj.Files.Tracking;
using Roj.Kernel;
using Roj.Tests.Files;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What trackers, those who take us for one, and the local network may send.</summary>
public sealed class TrackingFuzz
{
    [Fact]
    public void Tracker_answers() => Fuzzing.Run(
        [
            Hex.Latin("d8:completei1e10:incompletei2e8:intervali60e12:min intervali10e5:peers12:abcdefghijkl10:tracker id1:xe"),
            Hex.Latin("d5:peersld2:ip7:1.2.3.47:peer id20:-RJ0001-abcdefghijkl4:porti5eee15:warning message1:we"),
            Hex.Latin("d14:failure reason2:noe"),
        ],
        input =>
        {
            AnnounceAnswer? answer = null;
            if (!Fuzzing.Bounded(input, bytes => AnnounceAnswer.TryRead(bytes, out answer)))
                return false;
            Assert.InRange(answer!.Peers.Count, 0, AnnounceAnswer.PeersMax);
            Assert.All(answer.Peers, peer => Assert.True(peer.Endpoint.IsUsable));
            Assert.True(AnnounceAnswer.TryRead(answer.Write(isCompact: false), out var again));
            Assert.Equal(answer.FailureReason is null ? answer.Peers : [], again.Peers);
            return true;
        });

    [Fact]
    public void Http_answers() => Fuzzing.Run(
        [
            Hex.Latin("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"),
            Hex.Latin("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n2\r\nbc\r\n0\r\n\r\n"),
            Hex.Latin("HTTP/1.0 302 x\r\nLocation: http://h/\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
        ],
        input =>
        {
            var status = HttpAnswer.TryRead(input, hasEnded: true, out var answer);
            Assert.NotEqual(ReadStatus.NeedMore, status);
            Assert.True(answer is null || answer.Body.Length <= input.Length);
            return status == ReadStatus.Done;
        });

    [Fact]
    public void Announce_requests()
    {
        var tracker = new Tracker(new Rng(1));
        var outbox = new TrackingOutbox();
        var state = new SharedState(Files.Tracking.Announcing.File, new Endpoint(0x0A000001, 6881), true, [new Endpoint(0x0A000003, 1)]);
        var hash = string.Concat(Announced(state).Select(b => $"%{b:x2}"));
        var query = $"info_hash={hash}&peer_id=-RJ0001-abcdefghijkl&port=1";
        Fuzzing.Run(
            [
                Encoding.ASCII.GetBytes($"GET /announce?{query}&left=0&compact=1&numwant=9 HTTP/1.1\r\nHost: x\r\n\r\n"),
                Encoding.ASCII.GetBytes($"GET /announce?{query}&event=started HTTP/1.0\r\n\r\n"),
                Encoding.ASCII.GetBytes($"GET /scrape?info_hash={hash} HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n"),
            ],
            input =>
            {
                var status = HttpRequestHead.TryRead(input, out var head, out var fault);
                Assert.Equal(status == ReadStatus.Malformed, fault != 0);
                if (status != ReadStatus.Done)
                    return false;
                var response = tracker.Answer(Instant.Zero, new Endpoint(0x0A000002, 9), head!, state, outbox);
                outbox.Clear();
                Assert.Equal(ReadStatus.Done, HttpAnswer.TryRead(response, false, out var answer));
                return answer!.Status is 200 or 403;
            });
    }

    [Fact]
    public void Local_announces() => Fuzzing.Run(
        [
            new LocalSearchMessage(6881, [Files.Tracking.Announcing.File], "roj-1").Write(),
            new LocalSearchMessage(1, [Files.Tracking.Announcing.File, default], null).Write(),
        ],
        input =>
        {
            LocalSearchMessage? message = null;
            if (!Fuzzing.Bounded(input, bytes => LocalSearchMessage.TryRead(bytes, out message) == ReadStatus.Done))
                return false;
            Assert.InRange(message!.InfoHashes.Count, 1, LocalSearchMessage.InfoHashesMax);
            Assert.NotEqual(0, message.Port);
            return true;
        });

    private static byte[] Announced(SharedState state)
    {
        var hash = new byte[20];
        state.InfoHash!.Value.Write(hash);
        return hash;
    }
}
