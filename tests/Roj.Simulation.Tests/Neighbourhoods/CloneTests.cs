using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Simulation.Neighbourhoods;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

/// <summary>Several live machines with one identity: a data directory was copied (M6).</summary>
public sealed class CloneTests
{
    private static readonly NodeId shared = new(7);

    private MemberInvariants invariants = new(expectsNoDeaths: false);

    [Fact]
    public void The_one_that_booted_later_stops_and_all_see_the_other()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var world = Make(seed);
            SimMember[] members = [Make(world, 1, new(1)), Make(world, 2, new(2)), Make(world, 3, shared), Make(world, 4, shared)];
            var (first, clone) = (members[2], members[3]);
            foreach (var member in members[..3])
                member.Boot();
            world.Run(Instant.Zero + TimeSpan.FromSeconds(5));
            for (var times = 1; times <= 2; times++) // whoever starts it again gets nowhere either
            {
                clone.Boot();
                world.Run(world.Now + TimeSpan.FromSeconds(25));
                Assert.True(first is { IsHere: true, Superseded: 0 }, $"seed {seed}");
                Assert.Equal((false, times), (clone.IsHere, clone.Superseded));
                foreach (var member in members[..2])
                {
                    var seen = member.Members!.Find(shared)!;
                    Assert.Equal((MemberState.Alive, first.Members!.Incarnation), (seen.State, seen.Incarnation));
                    Assert.Equal(first.Address, seen.Node.Address);
                }
            }
        }
    }

    [Fact]
    public void Of_three_or_five_that_start_at_once_one_is_left()
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var world = Make(seed);
            var rng = new Rng(seed);
            var clones = Enumerable.Range(1, seed % 2 == 0 ? 3 : 5).Select(i => Make(world, (uint)i, shared)).ToArray();
            foreach (var clone in clones)
                world.Schedule(Instant.Zero + rng.Next(TimeSpan.Zero, TimeSpan.FromMilliseconds(seed % 3 == 0 ? 2 : 200)), clone.Boot);
            world.Run(Instant.Zero + TimeSpan.FromSeconds(90));
            Assert.True(clones.Count(clone => clone.IsHere) == 1, $"seed {seed}: {clones.Count(clone => clone.IsHere)} are left");
            Assert.All(clones, clone => Assert.Equal(clone.IsHere ? 0 : 1, clone.Superseded));
        }
    }

    [Fact]
    public void A_restart_is_no_clash()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var world = Make(seed);
            SimMember[] members = [Make(world, 1, new(1)), Make(world, 2, new(2)), Make(world, 3, new(3))];
            foreach (var member in members)
                member.Boot();
            for (var times = 0; times < 10; times++)
            {
                world.Run(world.Now + TimeSpan.FromSeconds(1));
                members[2].Crash();
                members[2].Boot(); // while its last words are still under way
            }

            world.Run(world.Now + TimeSpan.FromSeconds(10));
            Assert.All(members, member => Assert.Equal((true, 0), (member.IsHere, member.Clashes)));
        }
    }

    private World Make(ulong seed)
    {
        invariants = new MemberInvariants(expectsNoDeaths: false);
        var world = new World(seed);
        world.Network.AddSubnet(new Subnet(0x0A000001, 24));
        return world;
    }

    private SimMember Make(World world, uint index, NodeId id) => new(
        world, $"n{index}", 0x0A000000u + index, new SimMemberSettings { Id = id, Broadcast = true }, invariants);
}
