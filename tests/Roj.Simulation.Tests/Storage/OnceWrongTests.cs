using Roj.Simulation.Storage;
using Xunit;

namespace Roj.Simulation.Tests.Storage;

/// <summary>Seeds that once went wrong, each named after what was wrong with the code.</summary>
public sealed class OnceWrongTests
{
    [Theory]
    [InlineData(2UL)] // the time by which it was forgotten stopped its node
    public void What_asks_anew_is_waited_for_once(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(17UL)] // who made the map led no more, and nobody else was told
    public void Who_leads_hears_who_holds_what_is_others(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(178UL)] // they were new in the map that the leader made, whose word was lost
    public void Who_missed_the_map_is_told_it_again(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(505UL)] // they had held something before they started again
    [InlineData(1107UL)]
    public void Who_starts_again_says_that_it_holds_nothing(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(1353UL)] // what could not be read was counted out, again and again
    [InlineData(1672UL)]
    public void What_could_not_be_read_is_counted_again(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(1469UL)] // by whom had not heard of the map yet
    public void What_is_given_to_who_is_no_owner_is_handed_on(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(14UL)] // one that had been alone had the later map: three gave it all they had, and then it was wiped
    public void To_hand_on_does_not_leave_fewer_copies(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(1517UL)] // the trial asked who had just started
    [InlineData(497UL)] // the trial took it for a deleted key that came back
    public void What_a_half_wrote_that_was_never_heard_of_outlives_what_the_other_has_forgotten(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(4413UL)] // it had just started, and listed by its own copies alone
    public void Who_is_heard_and_not_yet_seen_is_waited_for(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(2808UL)] // the trial had a node that had started again lead on in a term of its earlier life
    public void No_two_maps_have_one_number(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(10333UL)] // the trial counted what was not on the disk yet
    public void What_a_power_cut_takes_was_no_copy(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(2663UL)] // on a full disk what was delivered stayed, unnoticed, and brought a deleted key back
    public void What_a_full_disk_keeps_is_not_forgotten_in_memory(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(3656UL)] // he was not in the map yet, and had what had been deleted
    public void Nothing_is_forgotten_before_all_who_are_here_were_asked(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(9213UL)] // it led by then, so there was nobody to take it in again
    [InlineData(9388UL)]
    [InlineData(16953UL)]
    public void A_leader_that_threw_away_what_it_had_takes_itself_in_again(ulong seed) => ComesRight(seed);

    private static void ComesRight(ulong seed) => Assert.Null(new StoreRun(seed).Run());
}
