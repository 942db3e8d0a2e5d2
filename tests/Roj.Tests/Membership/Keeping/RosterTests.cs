using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class RosterTests
{
    private static readonly Instant later = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void Whoever_turns_changes_sides_and_all_keep_their_places()
    {
        var roster = Of(6);
        var rng = new Rng(7);
        var twin = new SortedDictionary<NodeId, MemberState>(roster.All.ToDictionary(entry => entry.Id, entry => entry.State));
        for (var step = 0; step < 2000; step++)
        {
            var number = rng.Next(2, 8);
            var state = (MemberState)rng.Next(4);
            if (roster.Find(Finding.Id(number)) is not { } entry)
                Assert.True(twin.TryAdd(Add(roster, number).Id, MemberState.Alive));
            else if (rng.Chance(1, 10))
                Drop(entry);
            else
                roster.Turn(later, entry, 1, twin[entry.Id] = state, entry.Id);

            Assert.Equal(twin.Keys, roster.All.Select(e => e.Id));
            Assert.Equal(twin.Where(t => t.Value <= MemberState.Suspect).Select(t => t.Key), roster.Present.Select(e => e.Id).Order());
            Assert.Equal(twin.Where(t => t.Value > MemberState.Suspect).Select(t => t.Key), roster.Gone.Select(e => e.Id).Order());
        }

        void Drop(Roster.Entry entry)
        {
            roster.Remove(entry);
            twin.Remove(entry.Id);
        }
    }

    /// <summary>SWIM, section 4.2: of one incarnation the later states win; a greater incarnation wins over all.</summary>
    [Theory]
    [InlineData(5, MemberState.Suspect, 5, MemberState.Alive, false)]
    [InlineData(5, MemberState.Suspect, 5, MemberState.Suspect, false)]
    [InlineData(5, MemberState.Suspect, 5, MemberState.Dead, true)]
    [InlineData(5, MemberState.Dead, 5, MemberState.Left, true)]
    [InlineData(5, MemberState.Left, 5, MemberState.Dead, false)]
    [InlineData(5, MemberState.Alive, 4, MemberState.Left, false)]
    [InlineData(5, MemberState.Left, 6, MemberState.Alive, true)]
    [InlineData(5, MemberState.Alive, 6, MemberState.Suspect, true)]
    public void What_is_news(ulong knownIncarnation, MemberState known, ulong incarnation, MemberState state, bool isNews)
    {
        var roster = Of(1);
        var entry = roster.Present[0];
        roster.Turn(later, entry, knownIncarnation, known, entry.Id);

        Assert.Equal(isNews, entry.IsNews(incarnation, state));
    }

    [Fact]
    public void A_turn_ends_a_suspicion_and_says_since_when_and_on_whose_word()
    {
        var roster = Of(1);
        var entry = roster.Present[0];
        entry.Accuse(Finding.Id(8), new Suspicion(Instant.Zero, TimeSpan.Zero, TimeSpan.Zero, 0));

        roster.Turn(later, entry, 2, MemberState.Dead, Finding.Id(9));

        Assert.Null(entry.Suspicion);
        var view = entry.View();
        Assert.Equal(
            (MemberState.Dead, 2UL, later, Finding.Id(9), false),
            (view.State, view.Incarnation, view.Since, view.Accuser, view.IsPresent));
        Assert.Null(entry.Rumour().Profile); // which goes with those alive only: a datagram has no room for others'
    }

    [Fact]
    public void Some_are_different_ones_and_each_as_likely_but_never_who_is_excepted()
    {
        var roster = Of(6);
        var counts = new SortedDictionary<NodeId, int>();
        for (var draw = 0; draw < 6000; draw++)
        {
            var some = roster.Some(roster.Present, 3, Finding.Id(4));
            Assert.InRange(some.Count, 1, 3);
            Assert.Equal(some.Count, some.Distinct().Count());
            foreach (var entry in some)
                counts[entry.Id] = counts.GetValueOrDefault(entry.Id) + 1;
        }

        Assert.DoesNotContain(Finding.Id(4), counts.Keys);
        Assert.All(counts.Values, count => Assert.InRange(count, 3200, 4000));
        Assert.Empty(roster.Some([], 3, default));
        Assert.Empty(roster.Some(Of(1).Present, 3, Finding.Id(2)));
    }

    private static Roster Of(int count)
    {
        var roster = new Roster(new Rng(1));
        for (var number = 2; number < 2 + count; number++)
            Add(roster, number);
        return roster;
    }

    private static Roster.Entry Add(Roster roster, int number) =>
        roster.Add(Finding.Id(number), Finding.At(number), 1, Observer.Profile(number));
}
