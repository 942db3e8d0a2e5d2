using System.Text;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Host.Daemon;
using Roj.Host.Election;
using Roj.Host.Http;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Node;
using Roj.Tests.Files;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What is read back from a disk that anybody may have written to, and the texts that come by HTTP.</summary>
public sealed class HostFuzz
{
    [Fact]
    public void State_files() => Fuzzing.Run(
        [
            new NodeState(3, [new Endpoint(0xC0A8070B, 7071), new Endpoint(0x0A000001, 1)]).Write(),
            NodeState.Unborn.Write(),
        ],
        input =>
        {
            NodeState? state = null;
            if (!Fuzzing.Bounded(input, bytes => NodeState.TryRead(bytes, out state)))
                return false;
            Assert.InRange(state!.Members.Count, 0, NodeState.MembersMax);
            Assert.InRange(state.Lives, 0u, NodeState.LivesMax);
            Assert.True(NodeState.TryRead(state.Write(), out var again));
            Assert.Equal(state.Members, again.Members);
            return true;
        });

    [Fact]
    public void Requests_of_nodes() => Fuzzing.Run(
        [
            "GET /register?node=1&term=3 HTTP/1.1\r\nHost: 10.0.0.1:7071\r\n\r\n"u8.ToArray(),
            "POST /message HTTP/1.1\r\nHost: 10.0.0.1:7071\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
        ],
        input =>
        {
            NodeRequest? request = null;
            var fault = 0;
            if (!Fuzzing.Bounded(input, bytes => NodeRequest.TryRead(bytes, "10.0.0.1", out request, out fault) == ReadStatus.Done))
            {
                Assert.Contains(fault, (int[])[0, 400, 403, 413, 431]);
                return false;
            }

            Assert.StartsWith("/", request!.Target, StringComparison.Ordinal);
            Assert.InRange(request.Body.Length, 0, input.Length);
            return true;
        });

    [Fact]
    public void Half_a_surrogate_pair_is_no_state()
    {
        Assert.False(NodeState.TryRead(Encoding.UTF8.GetBytes("""{"lives":1,"members":["\ud800"]}"""), out _));
        Assert.False(NodeState.TryRead(Encoding.UTF8.GetBytes("""{"lives":1,"members":[],"\udc00":1}"""), out _));
    }

    [Fact]
    public void File_lists() => Fuzzing.Run(
        [
            FileList.Write([
                new HeldFile(Sha1Digest.Of("a"u8), IsShared: true, "/srv/film \"é\".mkv", null)
                {
                    Fences = [new Fence("token/cut", 3, 12), new Fence("leader", 1, ulong.MaxValue)],
                },
                new HeldFile(Sha1Digest.Of("b"u8), IsShared: false, null, "/srv"),
            ]),
            FileList.Write([]),
        ],
        input =>
        {
            IReadOnlyList<HeldFile>? files = null;
            if (!Fuzzing.Bounded(input, bytes => FileList.TryRead(bytes, 16, out files)))
                return false;
            Assert.InRange(files!.Count, 0, 16);
            Assert.All(files, file => Assert.True(file.Path is null || FileList.IsPath(file.Path)));
            Assert.True(FileList.TryRead(FileList.Write(files), 16, out var again));
            Assert.Equal(FileList.Write(files), FileList.Write(again));
            return true;
        });

    [Fact]
    public void Node_memories() => Fuzzing.Run(
        [
            NodeMemory.Empty.Write(),
            Hex.Latin("d4:infod6:lengthi1e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae5:peers6:abcdefe"),
        ],
        input =>
        {
            NodeMemory? memory = null;
            if (!Fuzzing.Bounded(input, bytes => NodeMemory.TryRead(bytes, out memory)))
                return false;
            Assert.InRange(memory!.Peers.Count, 0, NodeMemory.PeersMax);
            Assert.True(NodeMemory.TryRead(memory.Write(), out var again));
            Assert.Equal(memory.Peers, again.Peers);
            return true;
        });

    /// <summary>Others' tags: whatever the bytes, what is read are names with values, and no more of them than bytes.</summary>
    [Fact]
    public void Tags_of_others() => Fuzzing.Run(
        [Tags.Write([new("rack", "3"), new("zone", "é=b")]), Tags.Write([])],
        input =>
        {
            IReadOnlyList<KeyValuePair<string, string>> tags = [];
            Fuzzing.Bounded(input, bytes => (tags = Tags.Read(bytes)).Count >= 0);
            Assert.All(tags, tag => Assert.NotEmpty(tag.Key));
            Assert.Equal(tags, Tags.Read(Tags.Write(tags)));
            return true;
        });

    /// <summary>A configuration file is the user's: whatever is wrong with it is one line that names it.</summary>
    [Fact]
    public void Configuration_files()
    {
        using var folder = new ScratchFolder();
        var path = folder.At("roj.json");
        Fuzzing.Run(
            [
                """{"name":"a","cluster":"b","join":["10.0.0.1","10.0.0.2:7"],"port":7,"noSweep":true,"tag":{"rack":"3"}}"""u8.ToArray(),
                """{"address":"10.0.0.1","httpPort":80,"logLevel":"debug","insecure":false,"output":"json"}"""u8.ToArray(),
            ],
            input =>
            {
                File.WriteAllBytes(path, input);
                try
                {
                    var options = NodeConfiguration.Read(
                        new Dictionary<string, IReadOnlyList<string>> { ["config"] = [path], ["data-dir"] = [folder.At("")] },
                        _ => null,
                        isRoot: false);
                    Assert.NotEqual(0, options.Port);
                    return true;
                }
                catch (NodeException e)
                {
                    Assert.True(e.IsWrongUse);
                    Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                    return false;
                }
            },
            iterations: 5_000); // each is a file
    }

    [Fact]
    public void Request_paths() => Fuzzing.Run(
        ["/api/v1/members/0123?x=1#y"u8.ToArray(), "/a%2fb/%e2%82%ac/..."u8.ToArray()],
        input =>
        {
            var target = Encoding.Latin1.GetString(input);
            var segments = RequestPath.Split(target);
            if (segments is null)
                return false;
            Assert.StartsWith("/", target, StringComparison.Ordinal);
            Assert.All(segments, segment => Assert.DoesNotContain(segment.Split('/', '\\'), part => part is "." or ".."));
            return true;
        });

    [Fact]
    public void Tracker_addresses() => Fuzzing.Run(
        ["http://192.168.7.11:6881/announce?a=b#c"u8.ToArray(), "http://tracker"u8.ToArray()],
        input =>
        {
            var text = Encoding.Latin1.GetString(input);
            if (!TrackerUrl.TryParse(text, out var url, out var fault))
            {
                Assert.NotEmpty(fault);
                return false;
            }

            Assert.NotEqual(0, url.Port);
            Assert.DoesNotContain(url.Target + url.Host, c => char.IsControl(c) || c == ' ');
            Assert.StartsWith("/", url.Target, StringComparison.Ordinal);
            return true;
        });
}
