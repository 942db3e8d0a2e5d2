using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Simulation.Neighbourhoods;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

/// <summary>Two live machines with one identity: a data directory was copied (M6).</summary>
public sealed class CloneTests
{
    private readonly MemberInvariants invariants = new(expectsNoDeaths: false);
    private readonly World world = new(6);

    public CloneTests() => world.Network.AddSubnet(new Subnet(0x0A000001, 24));

    [Fact]
    public void Both_are_told_and_when_one_stops_all_see_the_other()
    {
        var shared = new NodeId(7);
        SimMember[] members = [Make(1, new NodeId(1)), Make(2, new NodeId(2)), Make(3, shared), Make(4, shared)];
        var (first, clone) = (members[2], members[3]);
        foreach (var member in members[..3])
            member.Boot();
        world.Run(Instant.Zero + TimeSpan.FromSeconds(5));
        clone.Boot();
        world.Run(world.Now + TimeSpan.FromSeconds(15));
        Assert.True(first.Clashes > 0 && clone.Clashes > 0, $"{first.Clashes} and {clone.Clashes} clashes");

        clone.Crash(); // what stops with exit code 1 does not say farewell: its name is not its own
        world.Run(world.Now + TimeSpan.FromSeconds(15));
        foreach (var member in members[..2])
        {
            var seen = member.Members!.Find(shared)!;
            Assert.Equal((MemberState.Alive, first.Members!.Incarnation), (seen.State, seen.Incarnation));
            Assert.Equal(first.Address, seen.Node.Address);
        }
    }

    private SimMember Make(uint index, NodeId id) => new(
        world, $"n{index}", 0x0A000000u + index, new SimMemberSettings { Id = id, Broadcast = true }, invariants);
}
