using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class PeerExchangeMessageTests
{
    private static readonly Endpoint A = new(0x0A000001, 6881);
    private static readonly Endpoint B = new(0x0A000002, 0x1234);
    private static readonly Endpoint C = new(0x7F000001, 1);

    private static readonly byte[] Literal =
    [
        .. "d5:added12:"u8, .. Hex.Bytes("0A0000011AE1 0A0000021234"), .. "7:added.f2:"u8, 0x12, 0x00,
        .. "7:dropped6:"u8, .. Hex.Bytes("7F0000010001"), .. "e"u8,
    ];

    [Fact]
    public void Writes_and_reads_literal_bytes()
    {
        var message = new PeerExchangeMessage([A, B], [C]) { Flags = [PeerExchangeFlags.UploadOnly | PeerExchangeFlags.Reachable] };
        Assert.Equal(Literal, message.Write());

        Assert.True(PeerExchangeMessage.TryRead(Literal, out var read));
        Assert.Equal([A, B], read.Added);
        Assert.Equal([PeerExchangeFlags.UploadOnly | PeerExchangeFlags.Reachable, PeerExchangeFlags.None], read.Flags);
        Assert.Equal([C], read.Dropped);
    }

    [Fact]
    public void Every_beginning_is_refused()
    {
        for (var length = 0; length < Literal.Length; length++)
            Assert.False(PeerExchangeMessage.TryRead(Literal.AsSpan(0, length), out _), $"{length} bytes");
        Assert.False(PeerExchangeMessage.TryRead([.. Literal, 0], out _));
    }

    [Fact]
    public void Everything_may_be_left_out()
    {
        Assert.True(PeerExchangeMessage.TryRead("d6:added618:0123456789abcdef01e"u8, out var read));
        Assert.Empty(read.Added);
        Assert.Empty(read.Flags);
        Assert.Empty(read.Dropped);
        Assert.Equal("d5:added0:7:added.f0:7:dropped0:e"u8, read.Write());
    }

    [Theory]
    [InlineData("d5:added5:12345e")]
    [InlineData("d5:added7:1234567e")]
    [InlineData("d7:dropped1:1e")]
    [InlineData("d5:addedi1ee")]
    [InlineData("d5:addedlee")]
    [InlineData("d7:added.fi1ee")]
    [InlineData("d5:added0:5:added0:e")]
    [InlineData("le")]
    public void Refuses(string text)
    {
        Assert.False(PeerExchangeMessage.TryRead(Hex.Latin(text), out var read));
        Assert.Null(read);
    }

    [Fact]
    public void Where_nobody_can_be_is_passed_over()
    {
        byte[] bytes =
        [
            .. "d5:added30:"u8, .. Hex.Bytes("0A0000010000 000000001AE1 FFFFFFFF1AE1 E00000011AE1 0A0000011AE1"),
            .. "7:added.f5:"u8, 1, 2, 4, 8, 16, .. "e"u8,
        ];
        Assert.True(PeerExchangeMessage.TryRead(bytes, out var read));
        Assert.Equal([A], read.Added);
        Assert.Equal([PeerExchangeFlags.Reachable], read.Flags);
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(51, 50)]
    [InlineData(10_000, 50)]
    public void Only_the_first_are_read(int count, int expected)
    {
        var compact = Enumerable.Repeat(Hex.Bytes("0A0000011AE1"), count).SelectMany(bytes => bytes).ToArray();
        byte[] bytes =
        [
            .. Hex.Latin($"d5:added{compact.Length}:"), .. compact, .. Hex.Latin($"7:dropped{compact.Length}:"), .. compact, .. "e"u8,
        ];
        Assert.True(PeerExchangeMessage.TryRead(bytes, out var read));
        Assert.Equal((expected, expected, expected), (read.Added.Count, read.Flags.Count, read.Dropped.Count));
    }

    [Fact]
    public void More_are_not_written()
    {
        var most = Enumerable.Repeat(A, PeerExchangeMessage.EndpointsMax).ToArray();
        Assert.True(PeerExchangeMessage.TryRead(new PeerExchangeMessage(most, most).Write(), out var read));
        Assert.Equal(most, read.Dropped);
        Assert.Throws<InvalidOperationException>(() => new PeerExchangeMessage([.. most, A], []).Write());
        Assert.Throws<InvalidOperationException>(() => new PeerExchangeMessage([], [.. most, A]).Write());
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var endpoint =
            from address in Gen.Choose(1, int.MaxValue)
            from port in Gen.Choose(1, 65535)
            from flags in Gen.Choose(0, 31)
            select (Endpoint: new Endpoint((uint)address, (ushort)port), Flags: (PeerExchangeFlags)flags);
        var any =
            from added in endpoint.ListOf()
            from dropped in endpoint.ListOf()
            select (Added: added.Take(50).ToArray(), Dropped: dropped.Take(50).Select(peer => peer.Endpoint).ToArray());
        Prop.ForAll(any.ToArbitrary(), given =>
        {
            var message = new PeerExchangeMessage([.. given.Added.Select(peer => peer.Endpoint)], given.Dropped)
            {
                Flags = [.. given.Added.Select(peer => peer.Flags)],
            };
            return PeerExchangeMessage.TryRead(message.Write(), out var read) && read.Added.SequenceEqual(message.Added) &&
                read.Flags.SequenceEqual(message.Flags) && read.Dropped.SequenceEqual(message.Dropped);
        }).QuickCheckThrowOnFailure();
    }
}
