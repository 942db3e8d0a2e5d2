using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>The sample whose work is done once in the cluster, as a user would run it: processes of their own.</summary>
public sealed class OneOfManyTests
{
    private readonly Place place = new();

    [Fact]
    public async Task One_of_two_works_and_the_other_when_that_one_ends()
    {
        using var one = new Sample("OneOfMany", place, 0);
        await Soon.UntilAsync(() => Works(one), "it works, alone");
        using var other = new Sample("OneOfMany", place, 1);
        one.End();
        await one.SaysAsync("works no more");
        await one.SaysAsync("leaving");
        await Soon.UntilAsync(() => Works(other), "the other one works");
    }

    private static bool Works(Sample sample) => sample.HasSaid(line => line.StartsWith("works in term ", StringComparison.Ordinal));
}
