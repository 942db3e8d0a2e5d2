using System.Text;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Http;

public class EventLogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Events_are_numbered_from_the_first()
    {
        var log = Filled(3, first: 1000);
        Assert.Equal([1000L, 1001, 1002], log.After(0, 10, out var missed).Select(happened => happened.Seq));
        Assert.Equal((0, 3, 1002), (missed, log.Count, log.Newest));
    }

    [Fact]
    public void Who_knows_some_gets_the_rest_and_no_more_than_he_takes()
    {
        var log = Filled(5);
        Assert.Equal([3L, 4], log.After(2, 2, out _).Select(happened => happened.Seq));
        Assert.Empty(log.After(5, 10, out _));
    }

    [Fact]
    public void A_number_of_another_life_says_nothing() =>
        Assert.Equal(5, Filled(5, first: 1000).After(2000, 10, out _).Count);

    [Theory]
    [InlineData(EventLog.Capacity, 0)]
    [InlineData(EventLog.Capacity + 1, 1)]
    [InlineData(EventLog.Capacity + 100, 100)]
    public void The_oldest_are_forgotten_and_that_is_told(int count, int expected)
    {
        var events = Filled(count).After(0, int.MaxValue, out var missed);
        Assert.Equal((EventLog.Capacity, expected), (events.Count, missed));
        Assert.Equal(expected + 1, events[0].Seq);
    }

    [Fact]
    public void Who_waits_is_woken()
    {
        var log = Filled(2);
        Assert.True(log.WaitAsync(1).IsCompleted);
        Assert.False(log.WaitAsync(2).IsCompleted);
        var other = log.WaitAsync(2000); // of another life: it knows nothing
        Assert.True(other.IsCompleted);
        var waiting = log.WaitAsync(2);
        Add(log);
        Assert.True(waiting.IsCompleted);
    }

    [Theory]
    [InlineData(EventLog.DataBytesMax - 2, false)]
    [InlineData(EventLog.DataBytesMax - 1, true)]
    public void Data_that_is_too_long_is_left_out(int length, bool isLeftOut)
    {
        var log = new EventLog();
        log.Add(Noon, "test", null, JsonSerializer.SerializeToElement(new string('x', length)), ApiJson.Default.JsonElement);
        Assert.Equal(isLeftOut, Text(log).Contains("tooLong", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MemberState.Dead, MemberState.Suspect, "member.dead", 1)]
    [InlineData(MemberState.Alive, null, "member.alive", 1)]
    [InlineData(MemberState.Left, MemberState.Alive, "member.left", 2)] // it said so itself
    [InlineData(MemberState.Left, MemberState.Dead, "member.evicted", 1)]
    [InlineData(MemberState.Alive, MemberState.Alive, "member.changed", 1)]
    public void What_keeping_tells_is_an_event(MemberState state, MemberState? before, string kind, ulong accuser)
    {
        var log = new EventLog();
        log.Add(Noon, new MembershipEvent.Changed(Portrait.Member(2, "pluto", state, accuser: accuser), before));
        var happened = JsonSerializer.Deserialize(Text(log), ApiJson.Default.EventView)!;
        Assert.Equal((1, Noon, kind, new NodeId(2).ToString()), (happened.Seq, happened.Time, happened.Kind, happened.Node));
        var data = happened.Data.Deserialize(ApiJson.Default.MemberNewsView)!;
        Assert.Equal(("pluto", "127.0.0.2:7071", MemberView.StateName(state)), (data.Name, data.Address, data.State));
        Assert.Equal(new NodeId(accuser).ToString(), data.Accuser);
    }

    [Fact]
    public void Being_forgotten_and_being_refuted_are_events_too()
    {
        var log = new EventLog();
        log.Add(Noon, new MembershipEvent.Forgotten(new NodeId(2)));
        Assert.EndsWith(
            "\"kind\":\"member.forgotten\",\"node\":\"00000000000000000000000000000002\",\"data\":null}",
            Text(log),
            StringComparison.Ordinal);
        log.Add(Noon, new MembershipEvent.Refuted(
            new Rumour(new NodeId(1), 7, MemberState.Suspect, default, new NodeId(2), null), 8));
        Assert.EndsWith(
            "{\"said\":\"suspect\",\"accuser\":\"00000000000000000000000000000002\",\"incarnation\":8}}",
            Text(log),
            StringComparison.Ordinal);
    }

    private static string Text(EventLog log) => Encoding.UTF8.GetString(log.After(0, int.MaxValue, out _)[^1].Json.Span);

    private static EventLog Filled(int count, long first = 1)
    {
        var log = new EventLog(first);
        for (var i = 0; i < count; i++)
            Add(log);
        return log;
    }

    private static void Add(EventLog log) => log.Add(Noon, new MembershipEvent.Forgotten(new NodeId(2)));
}
