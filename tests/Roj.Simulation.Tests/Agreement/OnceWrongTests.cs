using Roj.Simulation.Agreement;
using Roj.Simulation.Agreement.Seats;
using Xunit;

namespace Roj.Simulation.Tests.Agreement;

/// <summary>Seeds that once went wrong, each named after what was wrong with the code.</summary>
public sealed class OnceWrongTests
{
    [Theory]
    [InlineData(20UL)] // made by with, a replica set went on asking the members of the one it was made of: the copy never ended
    [InlineData(30UL)]
    public void Who_is_next_is_asked(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(16UL)] // a change waited with its first replica until another had made it and 16 more had come; it was made twice
    [InlineData(26UL)]
    public void A_change_that_waited_is_not_made_twice(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(196UL)] // what a register remembers of changes was gone with it when it was forgotten, and nobody noticed
    public void A_change_of_a_forgotten_register_is_not_made_twice(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(239UL)] // refused here by its condition, it was made a moment later by who had been asked first
    public void A_late_refusal_is_not_the_last_word(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(59UL)] // a disk that did not give back the roster once left its node without one for good
    [InlineData(137UL)]
    public void Who_cannot_read_its_roster_starts_again(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(171UL)] // a reading that ended late passed for the change of the roster, which nobody had taken: two sets had one version
    public void A_steward_takes_only_the_answer_that_it_waits_for(ulong seed) => Assert.Null(new SeatsRun(seed).Run());

    [Theory]
    [InlineData(726UL)] // the check's own fault: two of four have it, and are a majority of the set that followed
    public void What_a_majority_of_the_next_set_has_is_chosen(ulong seed) => Assert.Null(new SeatsRun(seed).Run());

    [Theory]
    [InlineData(1757UL)] // a steward died between the change of the roster and its telling: nobody else looked what was written there
    [InlineData(2940UL)]
    public void A_roster_that_was_changed_is_found(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(7729UL)] // who closed the roster left with it, and told nobody: the rest went on with the set that had both
    public void Who_leaves_with_a_roster_tells_it(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(18552UL)] // one who had promised another kept a reading from ending for as long as a lease was renewed
    public void A_leased_register_can_be_read(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(5603UL)] // a witness whose disk did not give back what it remembered took a start that was none for the latest
    public void A_witness_that_cannot_read_is_none(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(21UL)] // an attempt that found nothing at a majority was shorter on the disk than what replicas compare, and passed over
    [InlineData(123UL)]
    [InlineData(465UL)]
    [InlineData(787UL)]
    public void An_empty_register_is_compared_too(ulong seed) => Assert.Null(new MovesRun(seed).Run());

    [Theory]
    [InlineData(305UL)] // a floor that one replica had raised, and others had not, was now seen and now not
    [InlineData(497UL)] // a replica had kept a deletion that the others had forgotten, and raised their floor above since
    [InlineData(935UL)]
    public void The_version_of_an_empty_register_does_not_go_back(ulong seed) => Assert.Null(new MovesRun(seed).Run());

    [Theory]
    [InlineData(3553UL)] // who moved a slot died when that was written, and who read it told nobody: all others went on with the set of two
    [InlineData(4519UL)]
    [InlineData(12782UL)]
    public void Replicas_are_told_where_a_slot_is(ulong seed) => Assert.Null(new MovesRun(seed).Run());

    [Theory]
    [InlineData(1350UL)] // who had something above the floor refused that there is nothing at it, and was asked that for ever
    [InlineData(31417UL)] // the floor rose, by another's deletion, while a change was under way that was made from a lower one
    [InlineData(48130UL)] // what one replica alone had taken, below the floor, was completed after others had told of nothing
    public void Nothing_is_not_followed_by_what_was_before(ulong seed) => Assert.Null(new MovesRun(seed).Run());

    private static void ComesRight(ulong seed) => Assert.Null(new AgreementRun(seed).Run());
}
