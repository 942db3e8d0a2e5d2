using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class ExchangesTests
{
    private readonly KeepingOutbox outbox = new();
    private readonly Roster roster = new(new Rng(1));
    private readonly Exchanges exchanges;

    public ExchangesTests() => exchanges = new Exchanges(Observer.Settings(), roster, new Rng(1));

    [Fact]
    public void One_at_a_time_in_the_order_in_which_they_were_wanted_and_each_once()
    {
        foreach (var number in new[] { 2, 3, 2, 3, 4 })
            exchanges.Want(Seconds(1), Finding.At(number), Finding.Id(number));

        Assert.Equal([Finding.At(2)], Begun(1));
        exchanges.Want(Seconds(1), Finding.At(2), Finding.Id(2)); // it is under way
        Assert.Empty(Begun(1.1));
        exchanges.Ended(Seconds(1.1), Finding.At(3)); // not the one
        Assert.Empty(Begun(1.1));
        exchanges.Ended(Seconds(1.1), Finding.At(2));
        Assert.Equal([Finding.At(3)], Begun(1.1));
        exchanges.Ended(Seconds(1.2), Finding.At(3));
        Assert.Equal([Finding.At(4)], Begun(1.2));
        exchanges.Ended(Seconds(1.3), Finding.At(4));
        Assert.Empty(Begun(1.3));
        Assert.Null(exchanges.Deadline);
    }

    [Fact]
    public void Who_never_ends_is_waited_for_no_longer_than_ten_seconds()
    {
        exchanges.Want(Seconds(1), Finding.At(2), Finding.Id(2));
        exchanges.Want(Seconds(1), Finding.At(3), Finding.Id(3));
        Assert.Single(Begun(1));

        Assert.Equal(Seconds(11), exchanges.Deadline);
        Assert.Empty(Begun(10.999));
        Assert.Equal([Finding.At(3)], Begun(11));
    }

    [Fact]
    public void At_most_eight_begin_at_once_and_eight_in_each_second()
    {
        var begun = 0;
        for (var number = 2; number < 60; number++)
            exchanges.Want(Seconds(10), Finding.At(number), Finding.Id(number));
        for (var now = 10.0; now < 12; now = (exchanges.Deadline!.Value - Instant.Zero).TotalSeconds)
        {
            var with = Begun(now);
            begun += with.Count;
            Assert.InRange(begun, 1, 8 + (int)(8 * (now - 10)) + 1);
            foreach (var node in with)
                exchanges.Ended(Seconds(now), node);
            Begun(now).ForEach(node =>
            {
                begun++;
                exchanges.Ended(Seconds(now), node);
            });
        }

        Assert.InRange(begun, 23, 25);
    }

    [Fact]
    public void Sixty_four_are_wanted_and_not_one_more()
    {
        for (var number = 2; number < 80; number++)
            exchanges.Want(Seconds(1), Finding.At(number), Finding.Id(number));

        var begun = new List<Endpoint>();
        for (var now = 1.0; now < 100; now++)
        {
            begun.AddRange(Begun(now));
            exchanges.Ended(Seconds(now), begun[^1]);
        }

        Assert.Equal(Enumerable.Range(2, 64).Select(number => Finding.At(number)), begun);
    }

    [Fact]
    public void Who_came_to_be_known_meanwhile_is_not_wanted_any_more()
    {
        for (var number = 2; number < 6; number++)
            exchanges.Want(Seconds(1), Finding.At(number), Finding.Id(number));
        roster.Add(Finding.Id(3), Finding.At(3), 1, Observer.Profile(3));
        roster.Add(Finding.Id(4), Finding.At(14), 1, Observer.Profile(4)); // elsewhere
        var gone = roster.Add(Finding.Id(5), Finding.At(5), 1, Observer.Profile(5));
        roster.Turn(Seconds(1), gone, 1, MemberState.Dead, Finding.Id(3));

        foreach (var number in new[] { 2, 4, 5 })
        {
            Assert.Equal([Finding.At(number)], Begun(1 + (number / 10.0)));
            exchanges.Ended(Seconds(1 + (number / 10.0)), Finding.At(number));
        }

        Assert.Empty(Begun(1.6));
    }

    [Fact]
    public void Among_two_thousand_an_exchange_is_followed_by_a_second_of_rest()
    {
        for (var number = 1000; number < 3000; number++)
            roster.Add(Finding.Id(number), Finding.At(2), 1, Observer.Profile(2));
        foreach (var number in new[] { 2, 3 })
            exchanges.Want(Seconds(1), Finding.At(number), Finding.Id(number));

        Assert.Equal([Finding.At(2)], Begun(1));
        exchanges.Ended(Seconds(1.1), Finding.At(2));
        Assert.Empty(Begun(1.999));
        Assert.Equal(Seconds(2), exchanges.Deadline);
        Assert.Equal([Finding.At(3)], Begun(2));
    }

    [Fact]
    public void Now_and_then_with_anybody_who_is_here()
    {
        Assert.Null(exchanges.Deadline);
        roster.Add(Finding.Id(2), Finding.At(2), 1, Observer.Profile(2));
        Begun(0);
        var at = new List<double>();
        for (var now = exchanges.Deadline!.Value; at.Count < 50; now = exchanges.Deadline!.Value)
        {
            at.Add((now - Instant.Zero).TotalSeconds);
            Assert.Equal([Finding.At(2)], Begun(at[^1] + 0.000_001)); // a tick may be lost on the way through seconds
            exchanges.Ended(now, Finding.At(2));
        }

        Assert.Equal(1.25, at[0]); // and then twice as long each time
        var pauses = at.Zip(at.Skip(1), (a, b) => b - a).ToList();
        Assert.All(pauses.Take(3).Zip([2.5, 5.0, 10.0]), pause => Assert.InRange(pause.First, pause.Second / 2, pause.Second * 3 / 2));
        pauses = pauses[3..];
        Assert.All(pauses, pause => Assert.InRange(pause, 10, 30));
        Assert.InRange(pauses.Average(), 17, 23);
    }

    private static Instant Seconds(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    private List<Endpoint> Begun(double at)
    {
        exchanges.Tick(Seconds(at), outbox);
        var begun = Enumerable.Range(0, outbox.Count).Select(i => ((KeepingEffect.Exchange)outbox[i].Effect!).With).ToList();
        outbox.Clear();
        return begun;
    }
}
