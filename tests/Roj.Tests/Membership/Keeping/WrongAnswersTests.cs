using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

/// <summary>An answer counts only when it comes from where was asked: its number alone is soon guessed.</summary>
public sealed class WrongAnswersTests
{
    [Theory]
    [InlineData(2, MemberState.Alive)] // it was asked
    [InlineData(3, MemberState.Suspect)] // another member was not
    [InlineData(99, MemberState.Suspect)] // nor was a stranger
    public void An_answer_from_elsewhere_is_none(int from, MemberState state)
    {
        var observer = Observer.Among(3);
        observer.Take();
        SwimMessage.Ping? ping = null;
        while (ping is null) // who comes after us in the ring is asked in each period
        {
            observer.RunUntil(observer.Keeper.Deadline!.Value);
            ping = observer.TakeSends().Where(send => send.To == Finding.At(2)).Select(send => send.Message).OfType<SwimMessage.Ping>()
                .FirstOrDefault();
        }

        observer.Keeper.Receive(
            observer.Now, Finding.At(from), new SwimMessage.Ack(Finding.Id(2), 1, ping.Sequence, []), observer.Outbox);
        observer.RunUntil(observer.Now + TimeSpan.FromMilliseconds(560)); // a period; nobody answers the next question
        Assert.Equal(state, observer.StateOf(2));
    }

    [Fact]
    public void Who_was_asked_to_ask_may_answer_and_others_may_not()
    {
        var observer = Observer.Among(3);
        observer.Take();
        (Endpoint To, SwimMessage Message) request = default;
        while (request.Message is null)
        {
            observer.RunUntil(observer.Keeper.Deadline!.Value);
            request = observer.TakeSends().FirstOrDefault(
                send => send.Message is SwimMessage.PingRequest asked && asked.Target == Finding.Id(2));
        }

        Assert.Equal(Finding.At(3), request.To);
        observer.Receive(new SwimMessage.Ack(Finding.Id(3), 1, request.Message.Sequence, []));
        observer.RunUntil(observer.Now + TimeSpan.FromMilliseconds(300)); // until the period is over
        Assert.Equal(MemberState.Alive, observer.StateOf(2));
    }

    [Fact]
    public void In_a_full_table_the_longest_dead_makes_room_for_the_living()
    {
        var observer = new Observer(Observer.Settings() with { MembersMax = 4 });
        observer.Learn(Observer.Record(2), Observer.Record(3), Observer.Record(4));
        observer.Now += TimeSpan.FromSeconds(1);
        observer.Tell(2, Observer.Rumour(4, 1, MemberState.Left, accuser: 4));
        observer.Now += TimeSpan.FromSeconds(1);
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Left, accuser: 3));
        observer.Take();

        observer.Learn(Observer.Record(5));
        Assert.Contains(new MembershipEvent.Forgotten(Finding.Id(4)), observer.TakeEvents());
        observer.Learn(Observer.Record(6));
        Assert.Contains(new MembershipEvent.Forgotten(Finding.Id(3)), observer.TakeEvents());
        observer.Learn(Observer.Record(7)); // all who are left live
        Assert.Equal(
            [Finding.Id(1), Finding.Id(2), Finding.Id(5), Finding.Id(6)], observer.Keeper.Members.Select(member => member.Id));
    }
}
