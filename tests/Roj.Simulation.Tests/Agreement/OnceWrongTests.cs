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

    private static void ComesRight(ulong seed) => Assert.Null(new AgreementRun(seed).Run());
}
