using System.Text;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Nodes that agree, in quiet: what is promised in <c>specs</c> one by one.</summary>
public sealed class RegistersTests
{
    private static readonly RegisterName Count = RegisterName.Of("count");
    private static readonly RegisterName Lock = RegisterName.Of("lock");

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void So_many_that_meet_become_a_cluster(int count)
    {
        var all = Assembly.Born(count);
        Assert.All(Enumerable.Range(1, count), number => Assert.Equal(all[1].Roster!.ToString(), all[number].Roster!.ToString()));
        Assert.Equal(1UL, all[1].Roster!.Version);
        Assert.Equal(count, all[1].Roster!.Members.Count);
    }

    [Fact]
    public void Fewer_wait()
    {
        var all = new Assembly(2, expected: 3);
        all.Run(5 * Second);
        Assert.Null(all[1].Roster);
        Assert.Equal(Refusal.NoRoster, all.Ask(1, Count, new RegisterChange.Add(1)).Refusal);
    }

    [Fact]
    public void Changes_count_at_any_node()
    {
        var all = Assembly.Born(3);
        for (var i = 1; i <= 6; i++)
            Assert.Equal($"{i}", Text(all.Ask(1 + (i % 3), Count, new RegisterChange.Add(1))));
        Assert.Equal("6", Text(all.Ask(2, Count, null)));
        var set = new RegisterChange.Set("x"u8.ToArray());
        Assert.Equal(Refusal.ConditionFailed, all.Ask(3, Count, set with { Condition = Condition.At(3) }).Refusal);
        Assert.Equal("x", Text(all.Ask(3, Count, set with { Condition = Condition.At(6) })));
        Assert.Equal(Refusal.NotANumber, all.Ask(1, Count, new RegisterChange.Add(1)).Refusal);
        Assert.Equal("xy", Text(all.Ask(1, Count, new RegisterChange.Append("y"u8.ToArray()))));
    }

    [Fact]
    public void A_change_at_its_proposer_takes_one_round_trip_after_the_first()
    {
        var all = Assembly.Born(3);
        all.Ask(1, Count, new RegisterChange.Add(1));
        all.Run(Second);
        all.Do(1, node => node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox));
        Assert.All(all.Mail, letter => Assert.IsType<Roj.Agreement.Wire.AgreementMessage.Accept>(letter.Message));
        Assert.Equal(3, all.Mail.Count);
    }

    [Fact]
    public void One_of_three_may_be_dead_but_not_two()
    {
        var all = Assembly.Born(3);
        all.Kill(Assembly.Id(1));
        Assert.Equal("1", Text(all.Ask(2, Count, new RegisterChange.Add(1))));
        all.Kill(Assembly.Id(3));
        Assert.Equal(Applied.Unknown, all.Ask(2, Count, new RegisterChange.Add(1)).Applied); // it was asked to be taken, by itself
        all.Start(Assembly.Id(3), 3);
        all.Run(Second);
        Assert.Contains(Text(all.Ask(2, Count, null)), new[] { "1", "2" });
    }

    [Fact]
    public void What_a_dying_proposer_was_asked_is_applied_once()
    {
        var all = Assembly.Born(3);
        all.Ask(3, Count, new RegisterChange.Add(1));
        for (var deliveries = 1; deliveries <= 8; deliveries++)
        {
            var before = long.Parse(Text(all.Ask(3, Count, null)), null);
            var id = default(ChangeId);
            all.Do(3, node => id = node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox));
            for (var i = 0; i < deliveries && all.Mail.Count > 0; i++)
                all.Deliver();
            all.Kill(Assembly.Id(1)); // the first live member: it was on it
            all.RunUntil(() => all.OutcomeOf(id) is not null, 10 * Second);
            Assert.Equal(Applied.Yes, all.OutcomeOf(id)!.Applied);
            Assert.Equal($"{before + 1}", Text(all.Ask(2, Count, null)));
            all.Start(Assembly.Id(1), 3);
            all.Run(2 * Second);
        }
    }

    [Fact]
    public void What_a_client_asked_for_elsewhere_meanwhile_is_not_made_again()
    {
        var all = Assembly.Born(3);
        var id = new ChangeId(Assembly.Id(77), 1, 1);
        all.Do(2, node => node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox, id, triedSince: 0));
        all.RunUntil(() => all.OutcomeOf(id) is not null, 10 * Second);
        for (var i = 0; i < Content.ChangesMax; i++)
            all.Ask(2, Count, new RegisterChange.Add(1));
        all.Events.Clear();

        // What was sent first arrives last, and is not remembered any more; here at who proposes, and at another.
        foreach (var number in (int[])[1, 3])
        {
            all.Do(number, node => node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox, id, askedAt: 0));
            all.RunUntil(() => all.OutcomeOf(id) is not null, 10 * Second);
            var outcome = all.OutcomeOf(id)!;
            Assert.Equal((Applied.No, Refusal.Stale, 17ul), (outcome.Applied, outcome.Refusal, outcome.Version));
            all.Events.Clear();
        }

        Assert.Equal("17", Text(all.Ask(1, Count, null)));
    }

    [Fact]
    public void Who_hangs_up_is_not_waited_for_and_is_asked_again_when_it_is_heard()
    {
        var all = Assembly.Born(3);
        all.Ask(3, Count, new RegisterChange.Add(1));
        all.CutOff.Add(Assembly.Id(1)); // membership has not noticed yet
        var id = default(ChangeId);
        all.Do(3, node => id = node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox));
        all.Do(3, node => node.Lost(all.Now, Assembly.Id(1), all.Outbox));
        all.RunUntil(() => all.OutcomeOf(id) is not null, Second / 10);
        Assert.Equal(Applied.Yes, all.OutcomeOf(id)?.Applied);
        all.Do(3, node => id = node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox));
        all.RunUntil(() => all.OutcomeOf(id) is not null, Second / 10);
        Assert.Equal(Applied.Yes, all.OutcomeOf(id)?.Applied);

        all.CutOff.Clear();
        all.Ask(3, Count, new RegisterChange.Add(1)); // asks all to take it, the lost one as well
        all.Run(Second);
        all.Do(3, node => node.Ask(all.Now, 0, Count, new RegisterChange.Add(1), all.Outbox));
        var letter = Assert.Single(all.Mail);
        Assert.IsType<Roj.Agreement.Wire.AgreementMessage.Forward>(letter.Message);
        Assert.Equal(Assembly.Id(1), letter.To);
    }

    [Fact]
    public void A_lease_is_one_nodes_until_it_is_given_back_or_its_holder_is_gone()
    {
        var all = Assembly.Born(3);
        all.Do(2, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        all.Run(Second);
        Assert.Equal(1UL, all[2].EpochOf(all.Now, Lock));
        var claimed = all.Now;
        all.Do(3, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        all.Run(20 * Second); // it is renewed, and the other's claim has given up
        Assert.Equal(1UL, all[2].EpochOf(all.Now, Lock));
        Assert.Null(all[3].EpochOf(all.Now, Lock));
        all.CutOff.Add(Assembly.Id(2));
        all.TellWhoIsHere();
        all.Do(3, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        for (var i = 0; i < 500; i++)
        {
            all.Run(TimeSpan.FromMilliseconds(10));
            Assert.False(all[2].EpochOf(all.Now, Lock) is not null && all[3].EpochOf(all.Now, Lock) is not null);
        }

        Assert.Equal(2UL, all[3].EpochOf(all.Now, Lock));
        Assert.True(all.Now - claimed > 3 * Second);
        all.Do(3, node => node.Release(all.Now, Lock, all.Outbox));
        all.CutOff.Clear();
        all.TellWhoIsHere();
        all.Run(Second);
        all.Do(2, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        all.Run(Second);
        Assert.Equal(3UL, all[2].EpochOf(all.Now, Lock));
    }

    [Fact]
    public void A_holder_counts_from_when_it_asked_and_not_from_the_answer()
    {
        var all = Assembly.Born(3);
        var asked = all.Now;
        all.Do(1, node => node.Claim(all.Now, Lock, 10 * Second, all.Outbox));
        all.DeliverAll(letter => letter.Message is not AgreementMessage.Accepted);
        all.Pass(3 * Second);
        all.DeliverAll(_ => true);
        Assert.Equal(asked + (9 * Second), all[1].HeldUntil(all.Now, Lock)); // a tenth is left for what is under way
    }

    [Fact]
    public void Who_waits_for_a_lease_has_it_soon_after_it_was_given_back()
    {
        var all = Assembly.Born(3);
        all.Do(1, node => node.Claim(all.Now, Lock, 60 * Second, all.Outbox));
        all.Run(Second);
        all.Do(2, node => node.Claim(all.Now, Lock, 60 * Second, all.Outbox));
        all.Run(Second / 10); // kept away
        Assert.Null(all[2].EpochOf(all.Now, Lock));
        all.Do(1, node => Assert.NotNull(node.Release(all.Now, Lock, all.Outbox)));
        all.Run(Second / 5);
        Assert.Equal(2UL, all[2].EpochOf(all.Now, Lock));
        all.Do(1, node => Assert.Null(node.Release(all.Now, Lock, all.Outbox)));
    }

    [Fact]
    public void A_later_holder_has_the_earlier_one_refused()
    {
        var all = Assembly.Born(3);
        all.Do(1, node => node.Claim(all.Now, Lock, Second, all.Outbox));
        all.Run(Second / 2);
        var early = all[1].NextFence(all.Now, Lock)!.Value;
        all.Do(1, node => node.Release(all.Now, Lock, all.Outbox));
        all.Run(Second / 2);
        all.Do(2, node => node.Claim(all.Now, Lock, Second, all.Outbox));
        all.Run(Second / 2);
        var late = all[2].NextFence(all.Now, Lock)!.Value;
        Assert.Equal(Applied.Yes, all.Ask(2, Count, new RegisterChange.Set("2"u8.ToArray()) { Fence = late }).Applied);
        Assert.Equal(Refusal.Fenced, all.Ask(1, Count, new RegisterChange.Set("1"u8.ToArray()) { Fence = early }).Refusal);
    }

    [Fact]
    public void Who_was_told_to_wait_by_some_when_the_lease_is_given_back_asks_all_again()
    {
        var all = Assembly.Born(3);
        all[3].Watch(Lock);
        all.Do(2, node => node.Claim(all.Now, Lock, 10 * Second, all.Outbox));
        all.Run(Second / 2);
        var begun = all.Now;
        all.Do(3, node => node.Claim(all.Now, Lock, 10 * Second, all.Outbox));
        all.DeliverAll(letter => letter.From == Assembly.Id(3) && letter.To != Assembly.Id(2)); // both guard the lease; one has not said so
        all.Do(2, node => node.Release(all.Now, Lock, all.Outbox));
        all.DeliverAll(letter => letter.From == Assembly.Id(2));
        all.DeliverAll(letter => letter.From == Assembly.Id(1) && letter.To == Assembly.Id(3)); // that it is to wait
        all.Kill(Assembly.Id(2));
        all.RunUntil(() => all[3].EpochOf(all.Now, Lock) is not null, 20 * Second);
        Assert.True(all.Now - begun < Second / 2, $"{all.Now - begun}");
    }

    [Fact]
    public void Who_missed_that_a_lease_was_given_back_is_told_by_who_claims_it()
    {
        var all = Assembly.Born(3);
        all.Do(2, node => node.Claim(all.Now, Lock, 10 * Second, all.Outbox));
        all.Run(Second / 2);
        all.Do(2, node => node.Release(all.Now, Lock, all.Outbox));
        all.DeliverAll(letter => letter.From != Assembly.Id(1) && letter.To != Assembly.Id(1));
        all.CutOff.Add(Assembly.Id(2));
        all.TellWhoIsHere();
        var begun = all.Now;
        all.Do(3, node => node.Claim(all.Now, Lock, 10 * Second, all.Outbox));
        all.RunUntil(() => all[3].EpochOf(all.Now, Lock) is not null, 20 * Second);
        Assert.True(all.Now - begun < Second / 2, $"{all.Now - begun}");
    }

    [Fact]
    public void What_was_deleted_is_forgotten_and_its_versions_go_on()
    {
        var all = Assembly.Born(3);
        all.Ask(1, Count, new RegisterChange.Add(1));
        var before = all.StoreOf(3).Count;
        var deleted = all.Ask(1, Count, new RegisterChange.Delete()).Version;
        all.Run(Second);
        Assert.Equal(before - 1, all.StoreOf(3).Count);
        var again = all.Ask(2, Count, new RegisterChange.Add(7));
        Assert.Equal("7", Text(again));
        Assert.True(again.Version > deleted);
    }

    [Fact]
    public void Who_has_been_here_for_a_while_gets_a_vote_and_who_is_evicted_has_none()
    {
        var all = Assembly.Born(3);
        all.Ask(1, Count, new RegisterChange.Add(1));
        all.Start(Assembly.Id(4), 0);
        all.RunUntil(() => all[1].Roster!.Members.Count == 4 && all[4].IsVoting, 20 * Second);
        Assert.Equal("1", Text(all.Ask(4, Count, null)));
        all.Kill(Assembly.Id(2));
        all.Do(3, node => node.Evict(all.Now, Assembly.Id(2), all.Outbox));
        all.RunUntil(() => all.Events.Any(one => one.Event is AgreementEvent.RosterChanged { IsMember: false }), 20 * Second);
        Assert.Contains(all.Events, one => one.Event is AgreementEvent.RosterChanged { IsMember: false, IsDone: true });
        Assert.Equal([Assembly.Id(1), Assembly.Id(3), Assembly.Id(4)], all[3].Roster!.Members);
        all.Kill(Assembly.Id(1));
        Assert.Equal("2", Text(all.Ask(4, Count, new RegisterChange.Add(1)))); // two of three, where it was two of four
    }

    [Fact]
    public void The_last_one_is_not_evicted()
    {
        var all = Assembly.Born(1);
        all.Do(1, node => node.Evict(all.Now, Assembly.Id(1), all.Outbox));
        all.Run(Second);
        Assert.Contains(all.Events, one => one.Event is AgreementEvent.RosterChanged { IsDone: false, Why: not null });
    }

    [Fact]
    public void A_held_lease_moves_with_the_roster()
    {
        var all = Assembly.Born(3);
        all.Do(2, node => node.Claim(all.Now, Lock, 2 * Second, all.Outbox));
        all.Run(Second);
        all.Start(Assembly.Id(4), 0);
        all.RunUntil(() => all[1].Roster!.Members.Count == 4, 20 * Second);
        all.Do(3, node => node.Evict(all.Now, Assembly.Id(1), all.Outbox));
        all.RunUntil(() => all[3].Roster!.Members.Count == 3, 20 * Second);
        all.Run(10 * Second);
        Assert.Equal(1UL, all[2].EpochOf(all.Now, Lock));
    }

    [Fact]
    public void A_start_is_told_to_all_and_one_who_remembers_is_enough_to_stop_a_disk_that_was_set_back()
    {
        var all = Assembly.Born(3);
        var image = all.StoreOf(1).Copy();
        all.CutOff.Add(Assembly.Id(3));
        all.Kill(Assembly.Id(1));
        all.Start(Assembly.Id(1), 3);
        all.RunUntil(() => all[1].IsVoting, 5 * Second); // confirmed by the second, while the third is away
        all.CutOff.Clear();
        all.Run(5 * Second);
        all.Kill(Assembly.Id(1));
        all.Kill(Assembly.Id(2)); // who alone had confirmed it

        all.StartFrom(Assembly.Id(1), image, boot: 1);
        all.RunUntil(() => all.Events.Any(one => one.Event is AgreementEvent.SetBack), 5 * Second);
        Assert.False(all[1].IsVoting);
        for (var start = 0; start < 3; start++)
        {
            // Counting past what they remember does not help.
            all.Kill(Assembly.Id(1));
            all.Events.Clear();
            all.Start(Assembly.Id(1), 3);
            Assert.Contains(all.Events, one => one.Event is AgreementEvent.SetBack(var witness, 2) && witness == Assembly.Id(3));
            all.Run(3 * Second);
            Assert.False(all[1].IsVoting);
        }
    }

    [Fact]
    public void Who_voted_already_stops_when_one_who_remembers_comes_back()
    {
        var all = Assembly.Born(3);
        var image = all.StoreOf(1).Copy();
        all.Kill(Assembly.Id(2)); // he knows nothing of the starts that follow
        all.Kill(Assembly.Id(1));
        all.Start(Assembly.Id(1), 3);
        all.RunUntil(() => all[1].IsVoting, 5 * Second);
        all.Kill(Assembly.Id(1));
        all.Kill(Assembly.Id(3));
        all.Start(Assembly.Id(2), 3);
        all.StartFrom(Assembly.Id(1), image, boot: 1);
        all.RunUntil(() => all[1].IsVoting, 5 * Second);
        all.Start(Assembly.Id(3), 3);
        all.RunUntil(() => all.Events.Any(one => one.Event is AgreementEvent.SetBack), 65 * Second);
        Assert.False(all[1].IsVoting);
        var outcome = all.Ask(1, Count, null); // nor does it speak
        Assert.Equal(Refusal.TimedOut, outcome.Refusal);
    }

    private static string Text(Outcome outcome) =>
        outcome is { Applied: Applied.Yes, Content.Data: { } data } ? Encoding.ASCII.GetString(data.Span) : outcome.ToString();
}
