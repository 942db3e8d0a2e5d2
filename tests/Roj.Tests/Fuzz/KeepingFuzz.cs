using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Roj.Tests.Membership;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What those who are no members may send to a port of members.</summary>
public sealed class KeepingFuzz
{
    private const ulong Cluster = 7;

    [Fact]
    public void Datagrams() => Fuzzing.Run([.. Enumerable.Range(0, 5).Select(kind => Datagram(Sample(kind)))], input =>
    {
        SwimMessage? message = null;
        var cluster = 0UL;
        if (!Fuzzing.Bounded(input, bytes => SwimCodec.TryRead(bytes, out cluster, out message) == ReadStatus.Done))
            return false;
        var buffer = new byte[SwimCodec.Length];
        var written = SwimCodec.Write(cluster, message!, buffer);
        Assert.Equal(input.AsSpan(0, written), buffer.AsSpan(0, written));
        Assert.False(input.AsSpan(written).ContainsAnyExcept((byte)0));
        return true;
    });

    [Fact]
    public void Hellos() => Fuzzing.Run(
        [
            Datagram(Finding.Hello(HelloKind.Ask, 2)),
            Datagram(Finding.Hello(HelloKind.Answer, 2, null, 1, Finding.At(3), Finding.At(4)) with { Catalogue = [Finding.File(1)] }),
        ],
        input =>
        {
            Hello? hello = null;
            if (!Fuzzing.Bounded(input, bytes => HelloCodec.TryRead(bytes, out hello) == ReadStatus.Done))
                return false;
            var written = Datagram(hello!);
            var length = Math.Min(input.Length, written.Length); // one of them may end with zeros that say nothing
            Assert.Equal(input.AsSpan(0, length), written.AsSpan(0, length));
            Assert.InRange(input.Length, 1, HelloCodec.Length);
            return true;
        });

    [Fact]
    public void Exchanges() => Fuzzing.Run(
        [
            ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1)),
            ExchangeCodec.Write(Cluster, new ExchangeMessage.Same()),
            ExchangeCodec.Write(Cluster, new ExchangeMessage.Everything([Observer.Record(2), Observer.Record(3)], IsLast: false)),
            ExchangeCodec.Write(
                Cluster, new ExchangeMessage.Everything([Observer.Record(2) with { TagsOf = 1, Tags = "abc"u8.ToArray() }], IsLast: true)),
        ],
        Exchange);

    /// <summary>Who has our id and who ends: what any process on the network may say to stop a node.</summary>
    [Fact]
    public void Disputes() => Fuzzing.Run(
        [
            ExchangeCodec.Write(
                Cluster, new ExchangeMessage.Claim(Finding.Id(1), 3, 4, Finding.At(2), TimeSpan.FromMilliseconds(1UL << 40))),
            ExchangeCodec.Write(Cluster, new ExchangeMessage.Verdict(3, 4, TimeSpan.FromMilliseconds(5))),
        ],
        Exchange);

    private static bool Exchange(byte[] input)
    {
        ExchangeMessage? message = null;
        var (cluster, consumed) = (0UL, 0);
        var head = ExchangeCodec.TryReadHead(input, out _, out var length);
        Assert.True(head != ReadStatus.Done || length is >= ExchangeCodec.HeadLength and <= ExchangeCodec.LengthMax);
        if (!Fuzzing.Bounded(input, bytes => ExchangeCodec.TryRead(bytes, out cluster, out message, out consumed) == ReadStatus.Done))
            return false;
        Assert.Equal(input[..consumed], ExchangeCodec.Write(cluster, message!));
        return true;
    }

    private static SwimMessage Sample(int kind) => Words.Message(
        kind,
        Finding.Id(2),
        1,
        1,
        Finding.Id(1),
        Finding.At(3),
        [Observer.Rumour(3, 1, MemberState.Alive), Observer.Rumour(4, 1, MemberState.Dead)]);

    private static byte[] Datagram(Hello hello)
    {
        var buffer = new byte[HelloCodec.Length];
        return buffer[..HelloCodec.Write(hello, buffer)];
    }

    private static byte[] Datagram(SwimMessage message)
    {
        var buffer = new byte[SwimCodec.Length];
        return buffer[..SwimCodec.Write(Cluster, message, buffer)];
    }
}
