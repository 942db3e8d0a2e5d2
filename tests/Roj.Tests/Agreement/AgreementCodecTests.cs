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
    private static readonly Content Content = Content.Empty.After(new ChangeId(new NodeId(1), 2, 3), "value"u8.ToArray());

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
        for (var length = 0; length < frame.Length; length++)
            Assert.Equal(ReadStatus.NeedMore, AgreementCodec.TryRead(frame.AsSpan(0, length), out _, out _));
        frame[3]++;
        Assert.Equal(ReadStatus.Malformed, AgreementCodec.TryRead([.. frame, 0], out _, out _));
        frame[3] -= 2;
        Assert.Equal(ReadStatus.Malformed, AgreementCodec.TryRead(frame, out _, out _));
    }

    private static IEnumerable<AgreementMessage> Messages() =>
    [
        new AgreementMessage.Prepare(Name, Ballot),
        new AgreementMessage.Promise(Name, Ballot, Ballot.None, Content.Empty),
        new AgreementMessage.Accept(Name, Ballot, Content, Ballot.After(new NodeId(3), 2)),
        new AgreementMessage.Accepted(Name, Ballot, Ballot.None),
        new AgreementMessage.Refused(Name, Ballot, Ballot.After(new NodeId(4), 1)),
        new AgreementMessage.Ask(Name, Ballot),
        new AgreementMessage.Told(Name, Ballot, Ballot, Content),
    ];
}
