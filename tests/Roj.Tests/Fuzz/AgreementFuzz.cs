using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Tests.Agreement;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What may come from a stream between nodes, and what a node then does about it.</summary>
public sealed class AgreementFuzz
{
    private static readonly byte[][] corpus = [.. AgreementCodecTests.Messages().Select(AgreementCodec.Write)];

    [Fact]
    public void Frames() => Fuzzing.Run(corpus, input =>
    {
        AgreementMessage? message = null;
        var consumed = 0;
        if (!Fuzzing.Bounded(input, bytes => AgreementCodec.TryRead(bytes, out message, out consumed) == ReadStatus.Done))
            return false;
        Assert.True(AgreementCodec.TryRead(AgreementCodec.Write(message!), out var again, out _) is ReadStatus.Done);
        Assert.Equal(AgreementCodec.Write(message!), AgreementCodec.Write(again!));
        Assert.InRange(consumed, 1, input.Length);
        return true;
    });

    /// <summary>Whatever is said, by members and by strangers: no assertion of a node's trips, and what it keeps and says stays in
    /// bounds.</summary>
    [Fact]
    public void Nodes_that_are_told_anything()
    {
        var rng = new Rng(7);
        var all = new Assembly(3);
        all.Run(TimeSpan.FromSeconds(3));
        var mutator = new Mutator(rng.Fork());
        var inputs = corpus.Concat(InUse(all)).ToArray();
        var told = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (AgreementCodec.TryRead(mutator.Next(inputs), out var message, out _) is ReadStatus.Done)
            {
                told++;
                all.Do(1, node => node.Receive(all.Now, Assembly.Id(1 + rng.Next(4)), message!, all.Outbox));
            }

            if (rng.Next(10) == 0)
                all.Do(1, node => node.Ask(all.Now, 0, RegisterName.Of($"r{rng.Next(3)}"), new RegisterChange.Add(1), all.Outbox));
            if (rng.Next(20) == 0)
                all.Pass(TimeSpan.FromMilliseconds(rng.Next(500)));
            Assert.InRange(all.Mail.Count, 0, 10_000);
            all.Mail.Clear(); // they are answered by who has not been damaged, or by nobody
        }

        Assert.InRange(told, 2_000, 20_000);
        Assert.InRange(all.StoreOf(1).Count, 1, 20_000);
    }

    // Frames that mean something to these nodes: of their cluster, their set, their attempts.
    private static List<byte[]> InUse(Assembly all)
    {
        List<byte[]> frames = [];
        all.Do(1, node => node.Ask(all.Now, 0, RegisterName.Of("r1"), new RegisterChange.Set(new byte[20]), all.Outbox));
        all.Do(1, node => node.Claim(all.Now, RegisterName.Of("r2"), TimeSpan.FromSeconds(3), all.Outbox));
        for (var i = 0; i < 200 && all.Mail.Count > 0; i++)
        {
            frames.Add(AgreementCodec.Write(all.Mail[0].Message));
            all.Deliver();
        }

        return frames;
    }
}
