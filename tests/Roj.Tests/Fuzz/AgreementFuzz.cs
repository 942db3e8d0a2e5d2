using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Storage;
using Roj.Tests.Agreement;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What may come from a stream between nodes, and what a node then does about it.</summary>
public sealed class AgreementFuzz
{
    private static readonly Ballot First = Ballot.None.After(new NodeId(1), 1);

    private static readonly byte[][] corpus =
    [
        .. AgreementCodecTests.Messages().Select(AgreementCodec.Write),
        .. AgreementCodecTests.Changes().Select(AgreementCodecTests.FrameOf),
    ];

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

    /// <summary>What a key of the store holds, whoever wrote that: it is read as far as it makes sense, and no change of it
    /// throws.</summary>
    [Fact]
    public void Values_that_end()
    {
        byte[][] values = [.. new long?[] { null, 0, 1_000, long.MinValue }.Select(end => new TimedValue("12"u8.ToArray(), end).Write())];
        var (name, id) = (RegisterName.Of("r"), new ChangeId(new NodeId(1), 2, 3));
        RegisterChange[] changes = [.. AgreementCodecTests.Steps().Select(step => new RegisterChange.Timed(1_000, step))];
        Fuzzing.Run(values, input =>
        {
            var value = TimedValue.Read(input);
            var content = Content.Empty.After(id, input, null, []);
            foreach (var change in changes)
            {
                var (after, refusal) = change.Apply(content, id with { Sequence = 4 });
                Assert.True(refusal is not Refusal.None || after.Data is null || TimedValue.Read(after.Data) is not null);
                change.Before(content);
            }

            // A listing goes by the beginning of what is on the disk.
            var record = Records.Save(1, name, new RegisterState(First, First, content));
            var head = record.Value!.Value[..Math.Min(record.Value!.Value.Length, IStableStore.HeadBytes)];
            Assert.Equal(value?.EndsAt, StateCodec.ReadPlace(name, 1, head.Span)!.Value.EndsAt);
            Assert.True(Records.TakenIn(head) is (_, false));
            if (value is { } read)
                Assert.Equal(input, read.Write());
            return value is not null;
        });
    }

    /// <summary>What a disk gives back as the beginning of a register's record, and as its key.</summary>
    [Fact]
    public void Records_of_keys()
    {
        var name = RegisterName.Of("r");
        byte[][] heads =
        [
            .. new byte[]?[] { null, [], [1, 2, 3], new TimedValue("x"u8.ToArray(), 1_000).Write() }.Select(data =>
                Records.Save(1, name, new RegisterState(
                    First.After(new NodeId(2), 1),
                    First,
                    Content.Empty.After(new ChangeId(new NodeId(1), 2, 3), data, null, []))).Value!.Value.ToArray()),
        ];
        Fuzzing.Run(heads, input =>
        {
            var (place, taken) = (StateCodec.ReadPlace(name, 1, input), Records.TakenIn(input));
            Assert.True(place is not null || taken is null || input.Length < IStableStore.HeadBytes);
            Assert.True(taken is null || place is null || taken.Value.Taken == place.Value.Accepted);
            if (Records.NameOf(1, input) is { } other && KeySlots.KeyOf(other) is { } key)
                Assert.Equal(other, KeySlots.NameOf(key));
            return place is not null;
        });
    }

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
