using Roj.Files.Metadata;
using Roj.Kernel;
using Roj.Node;
using Roj.Tests.Files;
using Xunit;

namespace Roj.Tests.Node;

public sealed class NodeMemoryTests
{
    private static readonly InfoDictionary info = Swarming.File("abc");

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var read = Read(new NodeMemory(info, [Swarming.Place(1), Swarming.Place(2, 7071)]).Write());
        Assert.Equal(info.InfoHash, read.Info?.InfoHash);
        Assert.Equal([Swarming.Place(1), Swarming.Place(2, 7071)], read.Peers);

        Assert.Null(Read(new NodeMemory(null, [Swarming.Place(1)]).Write()).Info);
    }

    [Fact]
    public void Nothing_is_two_letters_and_an_empty_list()
    {
        Assert.Equal("d5:peers0:e"u8, NodeMemory.Empty.Write());
        var read = Read("de"u8.ToArray());
        Assert.Null(read.Info);
        Assert.Empty(read.Peers);
    }

    [Fact]
    public void The_peers_are_in_the_compact_form_of_BEP_23() =>
        Assert.Equal(Hex.Latin("d5:peers6:\u007f\u0000\u0000\u0001\u001a\u00e1e"), new NodeMemory(null, [new(0x7F000001, 6881)]).Write());

    [Theory]
    [InlineData(255, 255)]
    [InlineData(256, 256)]
    [InlineData(257, 256)]
    public void The_first_256_peers_are_kept(int given, int kept)
    {
        Endpoint[] peers = [.. Enumerable.Range(1, given).Select(number => Swarming.Place(number))];
        Assert.Equal(peers.Take(kept), Read(new NodeMemory(info, peers).Write()).Peers);
    }

    [Fact]
    public void Others_may_have_written_more_than_256()
    {
        var bytes = new byte[257 * Endpoint.CompactLength];
        Assert.Equal(256, Read([.. Hex.Latin($"d5:peers{bytes.Length}:"), .. bytes, (byte)'e']).Peers.Count);
    }

    [Fact]
    public void What_is_cut_off_or_has_something_behind_is_refused()
    {
        var bytes = new NodeMemory(info, [Swarming.Place(1)]).Write();
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(NodeMemory.TryRead(bytes.AsMemory(0, length), out _), $"{length} of {bytes.Length} bytes");
        Assert.False(NodeMemory.TryRead((byte[])[.. bytes, (byte)'e'], out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("i1e")]
    [InlineData("garbage")]
    [InlineData("d4:infoi1ee")]
    [InlineData("d4:infode5:peers0:e")]
    [InlineData("d5:peersi1ee")]
    [InlineData("d5:peers0:5:peers0:e")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(NodeMemory.TryRead(Hex.Latin(text), out var memory));
        Assert.Null(memory);
    }

    [Fact]
    public void Keys_of_later_versions_are_passed_over()
    {
        var read = Read(Hex.Latin("d6:future3:abc5:peers6:\u007f\u0000\u0000\u0001\u001a\u00e11:zli1eee"));
        Assert.Equal([new Endpoint(0x7F000001, 6881)], read.Peers);
    }

    private static NodeMemory Read(byte[] bytes)
    {
        Assert.True(NodeMemory.TryRead(bytes, out var memory));
        return memory;
    }
}
