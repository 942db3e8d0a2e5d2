using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Cluster;

public sealed class RojTermTests
{
    [Fact]
    public void The_counter_decides_and_then_the_leader()
    {
        RojTerm[] ascending =
        [
            RojTerm.Of(new Term(1, new NodeId(9))), RojTerm.Of(new Term(2, new NodeId(1))), RojTerm.Of(new Term(2, new NodeId(10))),
            RojTerm.Of(new Term(10, new NodeId(2))),
        ];
        Assert.Equal(ascending, ascending.Reverse().Order());
        Assert.True(ascending[1] < ascending[2] && ascending[2] > ascending[1] && ascending[1] <= ascending[2]);
        Assert.False(ascending[3] <= ascending[2]);
        Assert.True(ascending[0] >= RojTerm.Of(new Term(1, new NodeId(9))));
        Assert.True(null < ascending[0] && ascending[0] > null && (RojTerm?)null <= null);
        Assert.Equal("10.00000000", ascending[3].ToString());
    }
}
