using Roj.Simulation.Storage.Quorum;
using Xunit;

namespace Roj.Simulation.Tests.Storage;

/// <summary>Seeds that once went wrong where a majority decides, each named after what was wrong with the code.</summary>
public sealed class QuorumOnceWrongTests
{
    [Theory]
    [InlineData(4687UL)] // cut between two records, with the segment behind it compacted away: what was promised there was forgotten
    public void A_segment_that_was_cut_short_is_noticed(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(1502UL)] // the trial's own fault: one led before there was a roster, and left a slot to a disk that was lost
    [InlineData(10203UL)]
    [InlineData(18374UL)] // the trial's own fault: who was to lead in the end left, and was not asked again when it was back
    public void What_moves_comes_to_an_end(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(25262UL)] // the trial's own fault: what was found corrupt crashed, and began once more, before it was replaced
    public void What_is_corrupt_is_replaced(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(39108UL)] // ended and forgotten by another meanwhile, so that it was not known who had ended it
    [InlineData(45181UL)]
    [InlineData(7294UL)] // ended, it was said, though that was of an earlier version
    public void Who_ended_what_is_over_does_not_matter(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(5418UL)] // put above what a newcomer knew of nothing at, though all others had something of it
    public void A_version_follows_the_one_that_was_asked_for(ulong seed) => ComesRight(seed);

    private static void ComesRight(ulong seed) => Assert.Null(new QuorumRun(seed).Run());
}
