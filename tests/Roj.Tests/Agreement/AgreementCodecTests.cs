using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>What proposers and acceptors say, as bytes.</summary>
public sealed class AgreementCodecTests
{
    private static readonly RegisterName Name = RegisterName.Of("leader");
    private static readonly Ballot Ballot = new(7, new NodeId(3), 2);
    private static readonly Floor Floor = new(Ballot, 9);
    private static readonly ReplicaSet Set = new(77, 4, [new NodeId(1), new NodeId(2)], [new NodeId(2), new NodeId(3)]);

    private static readonly Content Content = Content.Empty
        .After(new ChangeId(new NodeId(1), 2, 3), "v"u8.ToArray(), null, [])
        .After(
            new ChangeId(new NodeId(1), 2, 4),
            "value"u8.ToArray(),
            new Lease(5, new NodeId(9), 1, TimeSpan.FromSeconds(3)),
            [new Fence("a lease", 5, 6)]);

    public static TheoryData<string> Kinds => [.. Messages().Select(message => message.GetType().Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_written_is_read_and_nothing_shorter_or_longer(string kind)
    {
        var message = Messages().First(one => one.GetType().Name == kind);
        var frame = AgreementCodec.Write(message);
        Assert.Equal(ReadStatus.Done, AgreementCodec.TryRead([.. frame, 1, 2, 3], out var read, out var consumed));
        Assert.Equal(frame.Length, consumed);
        Assert.Equal(frame, AgreementCodec.Write(read!));
        for (var shorter = 0; shorter < frame.Length; shorter++)
            Assert.Equal(ReadStatus.NeedMore, AgreementCodec.TryRead(frame.AsSpan(0, shorter), out _, out _));
        var length = frame[3]; // no frame here is longer than 255 bytes
        frame[3]++;
        Assert.Equal(ReadStatus.Malformed, AgreementCodec.TryRead([.. frame, 0], out _, out _));
        frame[3] = --length;
        Assert.Equal(ReadStatus.Malformed, AgreementCodec.TryRead(frame, out _, out _));
    }

    internal static IEnumerable<AgreementMessage> Messages() =>
    [
        new AgreementMessage.Prepare(1, 2, Name, Ballot),
        new AgreementMessage.Promise(1, 2, Name, Ballot, Ballot.None, Content.Empty),
        new AgreementMessage.Accept(1, 2, Name, Ballot, Content, Ballot.After(new NodeId(3), 2)),
        new AgreementMessage.Accept(1, 2, Name, Ballot, Content, Ballot.None, IsKnown: true),
        new AgreementMessage.Accepted(1, 2, Name, Ballot, Ballot.None),
        new AgreementMessage.Refused(1, 2, Name, Ballot, Ballot.After(new NodeId(4), 1), TimeSpan.FromSeconds(1)),
        new AgreementMessage.Refused(1, 2, Name, Ballot, Ballot, TimeSpan.Zero, Floor: 7),
        new AgreementMessage.Ask(1, 2, Name, Ballot),
        new AgreementMessage.Told(1, 2, Name, Ballot, Ballot, Content),
        new AgreementMessage.Renew(1, 2, Name, Ballot, 5),
        new AgreementMessage.Renewed(1, 2, Name, Ballot, true),
        new AgreementMessage.Raise(1, 2, Name, Ballot),
        new AgreementMessage.Raised(1, 2, Name, Ballot),
        new AgreementMessage.Forget(1, 2, Name, Ballot),
        new AgreementMessage.Adopt(1, new SlotState(Set, Floor)),
        new AgreementMessage.Adopted(1, 4, Floor),
        new AgreementMessage.List(1, 4, 8),
        new AgreementMessage.Listed(1, 4, 8, 72, [Name, RegisterName.Of("roster")]),
        new AgreementMessage.Compare(1, 4, 8, [(Name, Ballot), (RegisterName.Of("roster"), Ballot)]),
        new AgreementMessage.Lacking(1, 4, 8, [Name]),
        new AgreementMessage.Walk(1, 4, 9, 8, 10),
        new AgreementMessage.Walked(1, 4, 9, 72, [new Place(Name, 9, Ballot, true, 1_000), new Place(Name, 72, Ballot, false, null)]),
        new AgreementMessage.Answer(
            new Outcome(new ChangeId(new NodeId(1), 2, 3), Applied.Yes, Refusal.None, 2, Content with { Changes = [] })),
        new AgreementMessage.Ready(3),
        new AgreementMessage.Pledge(6, Set with { Version = 1, Next = null }),
        new AgreementMessage.Booted(3, 4),
        new AgreementMessage.Remembered(3, 4),
        new AgreementMessage.Forward(1, Name, new ChangeId(new NodeId(1), 2, 3), null, null),
    ];

    internal static IEnumerable<RegisterChange> Changes() =>
    [
        new RegisterChange.Set("x"u8.ToArray()) { Condition = Condition.At(4), Fence = new Fence("l", 1, 2) },
        new RegisterChange.Delete { Condition = Condition.Present },
        new RegisterChange.Append("y"u8.ToArray()) { Condition = Condition.Absent },
        new RegisterChange.Add(-5),
        new RegisterChange.Claim(new NodeId(4), 2, TimeSpan.FromSeconds(3)),
        new RegisterChange.Keep(5),
        new RegisterChange.Release(6),
        new RegisterChange.Hand(7, new NodeId(4), 2, "z"u8.ToArray()),
        .. Steps().Select(step => new RegisterChange.Timed(1_000, step)),
    ];

    internal static IEnumerable<TimedStep> Steps() =>
    [
        new TimedStep.Write("x"u8.ToArray(), ConditionKind.Absent, 2_000, KeepsEnd: false, ReturnsOld: true),
        new TimedStep.Write("x"u8.ToArray(), ConditionKind.None, null, KeepsEnd: true, ReturnsOld: false),
        new TimedStep.Delete(ReturnsOld: true),
        new TimedStep.End(),
        new TimedStep.Move(3_000, EndCondition.IfLater, ReturnsValue: true),
        new TimedStep.Move(null, EndCondition.IfAny, ReturnsValue: false),
        new TimedStep.Add(-5),
        new TimedStep.Append("y"u8.ToArray()),
    ];

    [Fact]
    public void Every_change_is_read_as_it_was_written()
    {
        foreach (var change in Changes())
        {
            var frame = FrameOf(change);
            Assert.Equal(ReadStatus.Done, AgreementCodec.TryRead(frame, out var read, out _));
            Assert.Equal(frame, AgreementCodec.Write(read!));
            Assert.Equal(change.GetType(), Assert.IsType<AgreementMessage.Forward>(read).Change!.GetType());
            for (var shorter = 0; shorter < frame.Length; shorter++)
                Assert.Equal(ReadStatus.NeedMore, AgreementCodec.TryRead(frame.AsSpan(0, shorter), out _, out _));
            frame[3]--;
            Assert.Equal(ReadStatus.Malformed, AgreementCodec.TryRead(frame, out _, out _));
        }
    }

    internal static byte[] FrameOf(RegisterChange change) =>
        AgreementCodec.Write(new AgreementMessage.Forward(0, Name, new ChangeId(new NodeId(1), 2, 3), change, 7));
}
