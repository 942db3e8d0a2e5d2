using Roj.Kernel;
using Roj.Tests.Token;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What anybody may send about a token, and what may stand on a disk.</summary>
public sealed class TokenFuzz
{
    [Fact]
    public void Datagrams() => Fuzzing.Run([.. TokenCodecTests.Datagrams.Select(TokenCodecTests.Write)], input =>
    {
        TokenDatagram? heard = null;
        if (!Fuzzing.Bounded(input, bytes => TokenCodec.TryRead(bytes, out heard) == ReadStatus.Done))
            return false;
        var buffer = new byte[TokenCodec.LengthMax];
        Assert.Equal(input, buffer[..TokenCodec.Write(heard!.Cluster, heard.Sender, heard.Name, heard.Message, buffer)]);
        return true;
    });

    [Fact]
    public void Frames() => Fuzzing.Run([.. TokenCodecTests.Frames.Select(each => new TokenFrame("pi", each).Write())], input =>
    {
        TokenFrame? frame = null;
        var consumed = 0;
        if (!Fuzzing.Bounded(input, bytes => TokenFrame.TryRead(bytes, out frame, out consumed) == ReadStatus.Done))
            return false;
        Assert.Equal(input[..consumed], frame!.Write());
        return true;
    });

    [Fact]
    public void Memories() => Fuzzing.Run(
        [
            MemoryCodec.Write(new TokenMemory(), isLeased: false),
            MemoryCodec.Write(
                TokenMemory.Of(TokenCodecTests.Stamp, "abc"u8.ToArray(), 7, 8, [TokenCodecTests.Stamp, default]), isLeased: true),
        ],
        input =>
        {
            TokenMemory? memory = null;
            var isLeased = false;
            if (!Fuzzing.Bounded(input, bytes => MemoryCodec.TryRead(bytes, out memory, out isLeased) == ReadStatus.Done))
                return false;
            Assert.Equal(input, MemoryCodec.Write(memory!, isLeased));
            return true;
        });

    /// <summary>Bytes decide what happens to a node next: nothing that strangers say trips it, or is due for ever.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cores(bool isLeased)
    {
        var rng = new Rng(1);
        var corpus = new List<byte[]>();
        for (var i = 0; i < 20; i++)
        {
            var decisions = new byte[600];
            rng.Fill(decisions);
            corpus.Add(decisions);
        }

        Fuzzing.Run(corpus, input => new FuzzedToken(input, isLeased).ToEnd(), iterations: 2_000);
    }
}
