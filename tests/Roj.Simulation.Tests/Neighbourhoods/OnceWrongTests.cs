using Roj.Simulation.Neighbourhoods;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

/// <summary>Seeds that once went wrong, each named after what was wrong with the code.</summary>
public sealed class OnceWrongTests
{
    [Theory]
    [InlineData(1UL)] // a ping sent on behalf of another had news behind it, and was longer than the request for it (M7)
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void What_is_asked_of_another_is_no_longer_than_the_request(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(12UL)] // the first news after an idle time were taken for a sign of absence: suspicion was extended by that time
    public void A_suspect_dies(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(15UL)] // watched since it was first heard and never asked, it was asked without a pause when it died
    public void Whoever_dies_unasked_is_asked_with_pauses(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(881UL)] // two pairs that remembered each other never swept, and where nobody broadcasts stayed two pairs
    public void Two_pairs_become_four(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(1901UL)] // newcomers need not know who is gone, and told each other everything for ever because they did not agree on it
    public void Who_agrees_on_all_who_are_here_has_no_more_to_tell(ulong seed) =>
        Assert.Null(new NeighbourhoodRun(seed, null, hasKey: true).Run());

    private static void ComesRight(ulong seed) => Assert.Null(new NeighbourhoodRun(seed).Run());
}
