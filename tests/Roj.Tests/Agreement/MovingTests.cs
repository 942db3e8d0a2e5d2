using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Slots that are moved while they are in use.</summary>
public sealed class MovingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static RegisterName Key(int number) => RegisterName.Of(string.Create(CultureInfo.InvariantCulture, $"key{number}"));

    private static string Text(Outcome outcome) => Encoding.ASCII.GetString(outcome.Content!.Data!.Value.Span);

    private static void Fill(Assembly all)
    {
        for (var number = 0; number < 40; number++)
            all.Ask(1, Key(number), new RegisterChange.Add(number), slot: (ushort)(1 + (number % 8)));
    }

    private static void IsAllThere(Assembly all, int at)
    {
        for (var number = 0; number < 40; number++)
        {
            var read = all.Ask(at, Key(number), null, slot: (ushort)(1 + (number % 8)));
            Assert.Equal(number, int.Parse(Text(read), CultureInfo.InvariantCulture));
        }
    }

    private static int LoadOf(Assembly all, int number, int at) =>
        Enumerable.Range(1, 8).Count(slot => all[at].SetOf((ushort)slot) is { Next: null } set && set.Has(Assembly.Id(number)));

    private static int RecordsOf(Assembly all, int number) => Enumerable.Range(0, 40).Count(key => all.StoreOf(number).Find(
        Records.RegisterKey((ushort)(1 + (key % 8)), Key(key)), out _) is Finding.Found);

    [Fact]
    public void From_one_node_to_three_to_five_and_back_to_three_everything_stays_there()
    {
        var all = Assembly.Born(1, slots: 8);
        Fill(all);
        all.Do(1, node => node.Lead(all.Now, true, [], all.Outbox));
        for (var number = 2; number <= 3; number++)
            all.Start(Assembly.Id(number), 0);
        all.RunUntil(() => Enumerable.Range(1, 3).All(number => LoadOf(all, number, 1) == 8), 60 * Second);
        IsAllThere(all, 2);
        for (var number = 4; number <= 5; number++)
            all.Start(Assembly.Id(number), 0);
        all.RunUntil(() => Enumerable.Range(1, 5).All(number => LoadOf(all, number, 1) is 4 or 5), 60 * Second);
        IsAllThere(all, 5);
        foreach (var node in new[] { Assembly.Id(2), Assembly.Id(3) })
            all.Do(1, registers => registers.Evict(all.Now, node, all.Outbox));
        all.RunUntil(() => Enumerable.Range(4, 2).Append(1).All(number => LoadOf(all, number, 1) == 8), 60 * Second);
        all.Run(2 * Second);
        Assert.Equal((0, 0), (RecordsOf(all, 2), RecordsOf(all, 3))); // who is no replica any more keeps nothing
        all.Kill(Assembly.Id(2));
        all.Kill(Assembly.Id(3));
        all.Kill(Assembly.Id(4));
        IsAllThere(all, 5);
    }

    [Fact]
    public void Who_is_merely_away_keeps_his_slots()
    {
        var all = Assembly.Born(4, slots: 8);
        Fill(all);
        all.Do(1, node => node.Lead(all.Now, true, [], all.Outbox));
        all.RunUntil(() => LoadOf(all, 4, 1) == 6, 60 * Second);
        all.Kill(Assembly.Id(4));
        all.Run(60 * Second);
        Assert.Equal(6, LoadOf(all, 4, 1));
        IsAllThere(all, 2);
    }

    [Fact]
    public void Who_leads_next_ends_what_was_begun()
    {
        var all = Assembly.Born(3, slots: 8);
        Fill(all);
        all.Start(Assembly.Id(4), 0);
        all.Do(1, node => node.Lead(all.Now, true, [], all.Outbox));
        while (!Enumerable.Range(1, 8).Any(slot => all[2].SetOf((ushort)slot)?.Next is not null))
        {
            if (all.Mail.Count > 0)
                all.Deliver();
            else
                all.Pass(TimeSpan.FromMilliseconds(10));
        }

        all.Kill(Assembly.Id(1));
        all.Do(2, node => node.Lead(all.Now, true, [Assembly.Id(1)], all.Outbox));
        all.RunUntil(() => Enumerable.Range(2, 3).All(number => LoadOf(all, number, 2) == 8), 90 * Second);
        IsAllThere(all, 3);
    }

    [Fact]
    public void Who_was_away_while_all_replicas_moved_finds_them_again()
    {
        var all = Assembly.Born(3, slots: 8);
        Fill(all);
        all.CutOff.Add(Assembly.Id(3));
        all.TellWhoIsHere();
        for (var number = 4; number <= 5; number++)
            all.Start(Assembly.Id(number), 0);
        all.Do(1, node => node.Lead(all.Now, true, [Assembly.Id(2)], all.Outbox));
        all.RunUntil(() => LoadOf(all, 2, 1) == 0 && LoadOf(all, 4, 1) > 4, 90 * Second);
        all.CutOff.Clear();
        all.TellWhoIsHere();
        IsAllThere(all, 3);
    }

    [Fact]
    public void A_deleted_register_stays_deleted_when_its_slot_has_moved()
    {
        var all = Assembly.Born(3, slots: 8);
        Fill(all);
        all.Ask(1, Key(1), new RegisterChange.Delete(), slot: 2);
        all.Run(Second);
        var version = all.Ask(1, Key(1), null, slot: 2).Version;
        Assert.True(version > 0); // the floor's: it was forgotten
        Assert.Equal(39, RecordsOf(all, 1));
        for (var number = 4; number <= 6; number++)
            all.Start(Assembly.Id(number), 0);
        NodeId[] gone = [Assembly.Id(1), Assembly.Id(2), Assembly.Id(3)];
        all.RunUntil(() => Enumerable.Range(4, 3).All(number => all[1].Roster!.Has(Assembly.Id(number))), 90 * Second);
        all.Do(4, node => node.Lead(all.Now, true, gone, all.Outbox));
        all.RunUntil(() => Enumerable.Range(4, 3).All(number => LoadOf(all, number, 4) == 8), 90 * Second);
        var read = all.Ask(5, Key(1), null, slot: 2);
        Assert.Equal((null, version), (read.Content!.Data, read.Version));
    }

    [Fact]
    public void Who_was_away_while_it_lost_a_slot_and_got_it_back_brings_nothing_back_that_was_deleted()
    {
        var all = Assembly.Born(4, slots: 8);
        all.Ask(1, Key(0), new RegisterChange.Add(1), slot: 1);
        all.Run(Second);
        Assert.True(Has(3));
        all.CutOff.Add(Assembly.Id(3));
        all.TellWhoIsHere();
        Lead(without: 3);
        all.Ask(1, Key(0), new RegisterChange.Delete(), slot: 1);
        all.RunUntil(() => !Has(1) && !Has(2) && !Has(4), 60 * Second);
        Lead(without: 4);
        all.CutOff.Clear();
        all.TellWhoIsHere();
        all.Run(60 * Second);
        Assert.Null(all.Ask(1, Key(0), null, slot: 1).Content!.Data);
        Assert.False(Has(3));

        bool Has(int number) => all.StoreOf(number).Find(Records.RegisterKey(1, Key(0)), out _) is Finding.Found;

        void Lead(int without)
        {
            all.Do(1, node => node.Lead(all.Now, true, [Assembly.Id(without)], all.Outbox));
            all.RunUntil(() => all[1].SetOf(1) is { Next: null } set && !set.Has(Assembly.Id(without)), 60 * Second);
        }
    }

    [Fact]
    public void Who_holds_the_lease_of_leaders_sees_to_it_and_who_was_evicted_loses_his_slots_until_he_is_back()
    {
        var all = Assembly.Born(4, slots: 8);
        Fill(all);
        all.Do(2, node => node.Claim(all.Now, Placement.Leader, Second, all.Outbox));
        all.RunUntil(() => Enumerable.Range(1, 4).All(number => LoadOf(all, number, 2) == 6), 60 * Second);
        all.Kill(Assembly.Id(4));
        all.Do(1, registers => registers.Evict(all.Now, Assembly.Id(4), all.Outbox));
        all.RunUntil(() => LoadOf(all, 4, 2) == 0, 60 * Second);
        IsAllThere(all, 3);
        all.Start(Assembly.Id(4), 0);
        all.RunUntil(() => LoadOf(all, 4, 2) == 6, 60 * Second);
        IsAllThere(all, 4);
    }
}
