using System.Globalization;
using Roj.Agreement;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Replicas that were away have everything again though nobody reads it.</summary>
public sealed class RepairsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static RegisterName Key(int number) => RegisterName.Of(string.Create(CultureInfo.InvariantCulture, $"key{number}"));

    private static Ballot TakenBy(Assembly all, int number, int key) =>
        all.StoreOf(number).Find(1, Key(key), out var state) is Finding.Found ? state.Accepted : Ballot.None;

    private static void IsAlike(Assembly all, int keys) => Assert.All(
        Enumerable.Range(0, keys),
        key => Assert.Single(Enumerable.Range(1, 3).Select(number => TakenBy(all, number, key)).Distinct()));

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(300)]
    public void Who_was_away_has_all_that_was_written_meanwhile(int keys)
    {
        var all = Assembly.Born(3, slots: 8);
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Kill(Assembly.Id(3));
        for (var key = 0; key < keys; key++)
            all.Ask(1, Key(key), new RegisterChange.Add(1), slot: 1);
        all.Start(Assembly.Id(3), 3);
        all.Run(60 * Second);
        IsAlike(all, keys);
        Assert.NotEqual(Ballot.None, TakenBy(all, 3, keys - 1));
    }

    [Fact]
    public void Who_lacked_something_is_behind_until_he_is_compared_with_again()
    {
        var all = Assembly.Born(3, slots: 8);
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Run(30 * Second);
        Assert.All(Enumerable.Range(1, 3), number => Assert.Empty(all[number].Behind));
        all.Kill(Assembly.Id(3));
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Start(Assembly.Id(3), 3);
        all.RunUntil(() => all[1].Behind.Contains((Assembly.Id(3), (ushort)1)), 30 * Second);
        all.Run(30 * Second);
        Assert.Empty(all[1].Behind);
        IsAlike(all, 1);
    }

    [Fact]
    public void What_is_below_the_floor_is_written_once_more()
    {
        var all = Assembly.Born(3, slots: 8);
        all.Ask(1, Key(1), new RegisterChange.Add(1), slot: 1);
        all.Kill(Assembly.Id(3));
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Start(Assembly.Id(3), 3);
        all.Run(Second);
        all.Ask(1, Key(1), new RegisterChange.Delete(), slot: 1);
        all.Run(60 * Second);
        IsAlike(all, 2);
        Assert.NotEqual(Ballot.None, TakenBy(all, 3, 0));
    }

    [Fact]
    public void A_deletion_that_one_missed_is_forgotten_when_he_is_back()
    {
        var all = Assembly.Born(3, slots: 8);
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Run(Second);
        all.Kill(Assembly.Id(3));
        all.Ask(1, Key(0), new RegisterChange.Delete(), slot: 1);
        all.Run(10 * Second);
        Assert.NotEqual(Ballot.None, TakenBy(all, 1, 0));
        all.Start(Assembly.Id(3), 3);
        all.Run(60 * Second);
        IsAlike(all, 1);
        Assert.Equal(Ballot.None, TakenBy(all, 3, 0));
    }

    [Fact]
    public void A_deletion_that_one_missed_reaches_him_while_another_is_away()
    {
        var all = Assembly.Born(3, slots: 8);
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Run(Second);
        all.Kill(Assembly.Id(2));
        all.Ask(1, Key(0), new RegisterChange.Delete(), slot: 1);
        all.Kill(Assembly.Id(3));
        all.Start(Assembly.Id(2), 3);
        all.Run(60 * Second);
        Assert.NotEqual(Ballot.None, TakenBy(all, 1, 0));
        Assert.Equal(TakenBy(all, 1, 0), TakenBy(all, 2, 0));
    }

    [Fact]
    public void Who_has_no_slots_has_nothing_to_do()
    {
        var all = Assembly.Born(3, slots: 8);
        all.Run(60 * Second);
        all.Mail.Clear();
        Assert.DoesNotContain(all.Events, one => one.Event is AgreementEvent.Seated { Slot: > 0 });
    }
}
