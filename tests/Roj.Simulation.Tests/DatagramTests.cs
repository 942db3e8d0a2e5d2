using Roj.Kernel;
using Roj.Simulation.Network;
using Xunit;

namespace Roj.Simulation.Tests;

public sealed class DatagramTests
{
    private const int Many = 20_000;

    [Fact]
    public void A_quiet_network_delivers_all_once_in_order_within_its_delays()
    {
        var got = Storm(LinkConditions.Lan, out var lab);
        Assert.Equal(Enumerable.Range(0, Many), got.Select(Number));
        Assert.All(lab.B.Datagrams, one => Assert.Equal(lab.A.Endpoint, one.From));
    }

    [Fact]
    public void Loss_has_the_rate_it_was_given()
    {
        var got = Storm(new LinkConditions { LossPpm = 100_000 }, out var lab);
        Assert.InRange(got.Count, Many * 0.89, Many * 0.91);
        Assert.Equal(Many - got.Count, lab.Network.Counts.Lost);
        Assert.Equal(got.Select(Number).Order(), got.Select(Number));
    }

    [Fact]
    public void Duplicates_have_the_rate_they_were_given()
    {
        var got = Storm(new LinkConditions { DuplicatePpm = 50_000 }, out _);
        Assert.InRange(got.Count, Many * 1.045, Many * 1.055);
        Assert.Equal(Many, got.Select(Number).Distinct().Count());
    }

    [Fact]
    public void Reordered_datagrams_are_overtaken_and_all_arrive()
    {
        var got = Storm(new LinkConditions { ReorderPpm = 100_000 }, out _).ConvertAll(Number);
        var overtaken = got.Zip(got.Skip(1)).Count(pair => pair.First > pair.Second);
        Assert.InRange(overtaken, Many / 20, Many / 5);
        Assert.Equal(Enumerable.Range(0, Many), got.Order());
    }

    [Fact]
    public void A_corrupted_datagram_differs_in_one_bit()
    {
        var got = Storm(new LinkConditions { CorruptPpm = 20_000 }, out var lab);
        var corrupted = got.Where((bytes, i) => Number(bytes) != i || bytes.AsSpan(4).ContainsAnyExcept((byte)0)).ToList();
        Assert.InRange(corrupted.Count, Many * 0.017, Many * 0.023);
        Assert.Equal(lab.Network.Counts.Corrupted, corrupted.Count);
    }

    [Fact]
    public void A_truncated_datagram_lost_its_end()
    {
        var got = Storm(new LinkConditions { TruncatePpm = 20_000 }, out _);
        Assert.InRange(got.Count(bytes => bytes.Length < 16), Many * 0.017, Many * 0.023);
    }

    [Fact]
    public void A_tail_makes_some_late()
    {
        var lab = new Lab(11);
        lab.Network.Conditions = new LinkConditions { TailPpm = 100_000, TailMax = TimeSpan.FromSeconds(1) };
        var late = 0;
        for (var i = 0; i < 1000; i++)
        {
            var sent = lab.World.Now;
            lab.A.Send(lab.B, 1);
            lab.RunFor(1.1);
            late += lab.B.Datagrams[^1].At - sent > TimeSpan.FromMilliseconds(1) ? 1 : 0;
        }

        Assert.InRange(late, 70, 130);
    }

    [Fact]
    public void A_block_cuts_one_direction()
    {
        var lab = new Lab(12);
        lab.Network.Block(lab.A, lab.B);
        lab.A.Send(lab.B, 1);
        lab.B.Send(lab.A, 2);
        lab.RunFor(1);
        Assert.Empty(lab.B.Datagrams);
        Assert.Single(lab.A.Datagrams);
        lab.Network.Unblock(lab.A, lab.B);
        lab.A.Send(lab.B, 3);
        lab.RunFor(1);
        Assert.Equal(3, Assert.Single(lab.B.Datagrams).Payload[0]);
    }

    [Fact]
    public void A_partition_cuts_groups_and_a_bridge_reaches_both()
    {
        var lab = new Lab(13, 3);
        int[] groups = [0, 1, -1];
        lab.Network.Partition(groups);
        lab.A.Send(lab.B, 1);
        lab.A.Send(lab.C, 1);
        lab.C.Send(lab.B, 1);
        lab.RunFor(1);
        Assert.Single(lab.B.Datagrams);
        Assert.Single(lab.C.Datagrams);
        lab.Network.Unpartition(groups);
        lab.A.Send(lab.B, 1);
        lab.RunFor(1);
        Assert.Equal(2, lab.B.Datagrams.Count);
    }

    [Fact]
    public void A_clogged_link_loses_nothing_and_delivers_late()
    {
        var lab = new Lab(14);
        var until = Instant.Zero + TimeSpan.FromSeconds(3);
        lab.Network.Clog(lab.A, lab.B, until);
        for (byte i = 0; i < 5; i++)
            lab.A.Send(lab.B, i);
        lab.World.Run(until);
        Assert.Empty(lab.B.Datagrams);
        lab.RunFor(1);
        Assert.Equal([0, 1, 2, 3, 4], lab.B.Datagrams.Select(one => (int)one.Payload[0]));
    }

    [Fact]
    public void A_broadcast_reaches_its_subnet_and_its_domain_and_the_sender_itself()
    {
        var lab = new Lab(15, 4);
        var stranger = new Probe(lab.World, "far", 0x0A_00_01_01);
        stranger.Boot();
        lab.Network.SetBroadcastDomain(lab.Probes[3], 1);
        lab.A.Send(Probe.Port, new Endpoint(0x0A_00_00_FF, Probe.Port), [7]);
        lab.RunFor(1);
        Assert.All(lab.Probes[..3], probe => Assert.Equal(0x0A_00_00_FFu, Assert.Single(probe.Datagrams).To.Address));
        Assert.Empty(lab.Probes[3].Datagrams);
        Assert.Empty(stranger.Datagrams);
        lab.A.Send(lab.Probes[3], 1);
        lab.A.Send(stranger, 1);
        lab.RunFor(1);
        Assert.Single(lab.Probes[3].Datagrams);
        Assert.Single(stranger.Datagrams);
    }

    [Fact]
    public void A_datagram_may_have_65507_bytes_and_not_one_more()
    {
        var lab = new Lab(16);
        Assert.True(lab.A.Send(Probe.Port, lab.B.Endpoint, new byte[65_507]));
        Assert.False(lab.A.Send(Probe.Port, lab.B.Endpoint, new byte[65_508]));
        lab.RunFor(1);
        Assert.Single(lab.B.Datagrams);
    }

    [Theory]
    [InlineData(100_000, 0)]
    [InlineData(0, 100_000)]
    public void A_capped_interface_drops_what_its_queue_has_no_room_for(long egress, long ingress)
    {
        var lab = new Lab(17);
        lab.Network.SetRate(egress > 0 ? lab.A : lab.B, egress, ingress);
        for (var i = 0; i < 200; i++)
            lab.A.Send(lab.B, new byte[1000]);
        lab.RunFor(10);
        // 64 KiB wait; nothing leaves while the burst is sent in one instant, or within the 0.2 ms in which it arrives.
        Assert.InRange(lab.B.Datagrams.Count, 64, 67);
        Assert.Equal(200 - lab.B.Datagrams.Count, lab.Network.Counts.QueueDrops);
    }

    [Fact]
    public void A_moved_machine_is_reached_at_its_new_address_only()
    {
        var lab = new Lab(18);
        var old = lab.B.Endpoint;
        Assert.False(lab.Network.Move(lab.B, lab.A.Address));
        Assert.True(lab.Network.Move(lab.B, Lab.Address(77)));
        lab.A.Send(Probe.Port, old, [1]);
        lab.A.Send(lab.B, 2);
        lab.RunFor(1);
        Assert.Equal(2, Assert.Single(lab.B.Datagrams).Payload[0]);
    }

    [Fact]
    public void Memory_kept_beyond_the_call_is_overwritten()
    {
        var lab = new Lab(19);
        ReadOnlyMemory<byte> kept = default;
        lab.B.Hearing = (_, payload) => kept = payload;
        lab.A.Send(lab.B, 1, 2, 3);
        lab.RunFor(1);
        Assert.Equal([0xDB, 0xDB, 0xDB], kept.ToArray());
    }

    private static List<byte[]> Storm(LinkConditions conditions, out Lab lab)
    {
        var fresh = lab = new Lab(10);
        lab.Network.Conditions = conditions;
        var payload = new byte[16];
        for (var i = 0; i < Many; i++)
        {
            BitConverter.TryWriteBytes(payload, i);
            lab.A.Send(lab.B, payload);
            lab.RunFor(0.0002);
        }

        lab.RunFor(5);
        return fresh.B.Datagrams.ConvertAll(one => one.Payload);
    }

    private static int Number(byte[] payload) => BitConverter.ToInt32(payload);
}
