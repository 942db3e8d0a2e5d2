using System.Buffers.Binary;
using System.Text;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Security;

/// <summary>What somebody can read who hears every frame.</summary>
public class WireTests
{
    private const string Cluster = "blauwalbucht";
    private const string Tag = "wolfsmilchschwaermer";
    private const string FileName = "himbeergeheimnis.txt";
    private const string Content = "niemand-ausser-uns-darf-das-lesen ";

    private static readonly TimeSpan Patience = ClosedNodes.Patience;

    [Theory]
    [InlineData(false)] // or else the next one could not fail
    [InlineData(true)]
    public Task Nothing_is_readable_if_there_is_a_key_and_everything_if_there_is_none(bool hasKey) =>
        Lab.RunAsync(3, hasKey ? "wire-closed" : "wire-open", async lab =>
        {
            var key = ClosedNodes.NewKey();
            var nodes = hasKey ? ClosedNodes.Of(lab.Hosts, key) : [.. lab.Hosts.Select(host => new MemberNode(host))];
            using var recorder = new Recorder();
            await Meeting.StartAsync(nodes, Patience, "--cluster", Cluster, "--tag", $"flavour={Tag}");
            var path = Path.Combine(lab.Hosts[0].Directory, FileName);
            File.WriteAllText(path, string.Concat(Enumerable.Repeat(Content, 4000)));
            var id = await nodes[0].AnswerAsync(Patience, "file", "share", path);
            foreach (var node in nodes[1..])
            {
                var got = (await node.AnswerAsync(Patience, "file", "get", id)).Split('\n')[^1];
                Assert.Equal(File.ReadAllText(path), File.ReadAllText(got));
            }

            var next = "";
            if (hasKey)
            {
                await ClosedNodes.RotateAsync(nodes[0]); // a key goes over the wire
                next = await nodes[0].AnswerAsync(Patience, "key", "show");
                foreach (var node in nodes)
                    Assert.Equal(next, await node.AnswerAsync(Patience, "key", "show"));
            }

            var frames = recorder.Stop();
            (string What, byte[] Bytes)[] secrets =
            [
                ("the cluster's name", Encoding.UTF8.GetBytes(Cluster)),
                ("the cluster's name, as datagrams say it", ClusterHash()),
                ("a node's name", Encoding.UTF8.GetBytes(nodes[1].Name)),
                ("a tag", Encoding.UTF8.GetBytes(Tag)),
                ("the file's name", Encoding.UTF8.GetBytes(FileName)),
                ("the file's id", Convert.FromHexString(id)),
                ("the file's content", Encoding.UTF8.GetBytes(Content)),
            ];
            foreach (var (what, bytes) in secrets)
                Assert.True(Occurs(frames, bytes) == !hasKey, $"{what} in {frames.Count} frames: {Occurs(frames, bytes)}");

            // Never, with a key or without.
            foreach (var text in new[] { key, next, nodes[0].Token() ?? "" }.Where(text => text.Length > 0))
                Assert.False(Occurs(frames, Encoding.UTF8.GetBytes(text)));
        });

    private static bool Occurs(IEnumerable<byte[]> frames, byte[] bytes) => frames.Any(frame => frame.AsSpan().IndexOf(bytes) >= 0);

    // FNV-1a, 64 bits: how datagrams name the cluster. By hand, so that this is not what Roj believes it to be.
    private static byte[] ClusterHash()
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in Encoding.UTF8.GetBytes(Cluster))
            hash = unchecked((hash ^ letter) * 1099511628211UL);
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hash);
        return bytes;
    }
}
