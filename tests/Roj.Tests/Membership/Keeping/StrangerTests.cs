using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

/// <summary>M7: what comes without proof leads to nothing that is larger than itself.</summary>
public sealed class StrangerTests
{
    public static TheoryData<int, bool> Messages
    {
        get
        {
            var all = new TheoryData<int, bool>();
            for (var kind = 0; kind < 5; kind++)
            {
                all.Add(kind, true);
                all.Add(kind, false);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_is_sent_at_once_is_no_longer_than_what_came(int kind, bool isMember)
    {
        var observer = Crowded();
        var message = Words.Message(kind, Finding.Id(isMember ? 2 : 99), 1, 7, Finding.Id(kind == 1 ? 3 : 1), Finding.At(3), []);
        var length = Length(message);

        observer.Receive(message);

        var sends = observer.TakeSends();
        Assert.Equal(kind == 0 || (kind == 1 && isMember) ? 1 : 0, sends.Count);
        Assert.All(sends, sent => Assert.InRange(Length(sent.Message), 1, length));
        if (kind != 0)
            return;
        Assert.Equal(Finding.At(isMember ? 2 : 99), sends[0].To);
        Assert.NotEmpty(sends[0].Message.News); // it is as long as it may be
    }

    [Fact]
    public void What_a_request_led_to_is_as_short()
    {
        var observer = Crowded();
        var request = new SwimMessage.PingRequest(Finding.Id(2), 1, 7, Finding.Id(3), Finding.At(3), []);
        observer.Receive(request);
        var ping = Assert.Single(observer.TakeSends()).Message;

        observer.Receive(new SwimMessage.Ack(Finding.Id(3), 1, ping.Sequence, []));

        Assert.InRange(Length(Assert.Single(observer.TakeSends()).Message), 1, Length(request));
    }

    [Fact]
    public void Who_is_believed_dead_hears_it_in_an_answer_that_is_as_short()
    {
        var observer = Crowded();
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));
        observer.Take();
        var ping = new SwimMessage.Ping(Finding.Id(3), 1, 7, Finding.Id(1), []);

        observer.Receive(ping);

        var ack = observer.TakeSends()[0].Message;
        Assert.Equal(Observer.Rumour(3, 1, MemberState.Dead), ack.News[0]);
        Assert.InRange(Length(ack), 1, Length(ping));
    }

    [Fact]
    public void A_strangers_news_are_not_believed_but_it_is_asked_for_all_of_them()
    {
        var observer = Observer.Among(3);
        Rumour[] news =
        [
            Observer.Rumour(1, Observer.OwnIncarnation, MemberState.Dead),
            Observer.Rumour(2, 1, MemberState.Dead),
            .. Enumerable.Range(50, 15).Select(number => Observer.Rumour(number, 1, MemberState.Alive)),
        ];

        observer.Tell(99, news);

        Assert.Equal([new KeepingEffect.Exchange(Finding.At(99))], observer.Take().Select(output => output.Effect));
        Assert.False(observer.Keeper.HasNews);
        Assert.Equal([(1, MemberState.Alive), (2, MemberState.Alive), (3, MemberState.Alive)],
            observer.Keeper.Members.Select(member => ((int)member.Id.Value, member.State)));
    }

    [Fact]
    public void A_ping_for_somebody_else_and_an_echo_of_our_own_are_not_answered()
    {
        var observer = Observer.Among(3);
        observer.Receive(new SwimMessage.Ping(Finding.Id(2), 1, 7, Finding.Id(9), []));
        observer.Receive(new SwimMessage.Ping(Finding.Id(1), 1, 7, Finding.Id(1), [Observer.Rumour(9, 1, MemberState.Alive)]));

        Assert.Empty(observer.Take());
        Assert.Null(observer.Keeper.Find(Finding.Id(9)));
    }

    /// <summary>One that has more to tell than fits into any answer.</summary>
    private static Observer Crowded()
    {
        var observer = Observer.Among(3);
        for (var number = 10; number < 60; number += 10)
            observer.Tell(2, [.. Enumerable.Range(number, 10).Select(each => Observer.Rumour(each, 1, MemberState.Alive))]);
        observer.Take();
        return observer;
    }

    private static int Length(SwimMessage message) => SwimCodec.Write(0, message, new byte[SwimCodec.Length]);
}
