using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Simulation.Neighbourhoods;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

/// <summary>One operator has a member forgotten, and all do; unless it lives (M1, M2 and M4 are watched throughout).</summary>
public sealed class EvictionTests
{
    [Fact]
    public void A_dead_member_is_forgotten_everywhere_and_its_next_life_is_welcome()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var (world, members) = Make(seed);
            var dead = members[^1];
            dead.Crash();
            world.Run(world.Now + TimeSpan.FromSeconds(20));
            Assert.All(members[..^1], member => Assert.Equal(MemberState.Dead, member.Members!.Find(dead.NodeId)!.State));

            Assert.Equal(Eviction.Done, members[0].Evict(dead.NodeId));
            world.Run(world.Now + TimeSpan.FromSeconds(3));
            Assert.All(members[..^1], member => Assert.DoesNotContain(member.Members!.Members, known => known.Id == dead.NodeId));
            world.Run(world.Now + TimeSpan.FromMinutes(2)); // exchanges bring nothing back
            Assert.All(members[..^1], member => Assert.DoesNotContain(member.Members!.Members, known => known.Id == dead.NodeId));

            dead.Boot();
            world.Run(world.Now + TimeSpan.FromSeconds(15));
            Assert.All(members, member => Assert.Equal(members.Length - 1, member.Members!.Company));
        }
    }

    [Fact]
    public void Who_was_only_cut_off_is_back_when_the_network_is()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var (world, members) = Make(seed);
            int[] groups = [.. members.Select((_, i) => i < 3 ? 0 : 1)];
            world.Network.Partition(groups);
            world.Run(world.Now + TimeSpan.FromSeconds(20));
            foreach (var lost in members[3..])
                Assert.Equal(Eviction.Done, members[0].Evict(lost.NodeId));
            world.Run(world.Now + TimeSpan.FromSeconds(5));
            Assert.All(members[..3], member => Assert.Equal(3, member.Members!.Members.Count));

            world.Network.Unpartition(groups);
            world.Run(world.Now + TimeSpan.FromSeconds(30));
            Assert.All(members, member => Assert.Equal(members.Length - 1, member.Members!.Company));
        }
    }

    private static (World World, SimMember[] Members) Make(ulong seed)
    {
        var world = new World(seed);
        world.Network.AddSubnet(new Subnet(0x0A000001, 24));
        var invariants = new MemberInvariants(expectsNoDeaths: false);
        SimMember[] members =
        [
            .. Enumerable.Range(1, 6).Select(i => new SimMember(
                world, $"n{i}", 0x0A000000u + (uint)i, new SimMemberSettings { Id = new NodeId((uint)i), Broadcast = true }, invariants)),
        ];
        Array.ForEach(members, member => member.Boot());
        world.Run(Instant.Zero + TimeSpan.FromSeconds(10));
        return (world, members);
    }
}
