using Roj.Kernel;
using Roj.Simulation.Network;
using Xunit;

namespace Roj.Simulation.Tests;

public sealed class StreamTests
{
    private static readonly byte[] Megabyte = Lab.RandomBytes(1 << 20);

    [Fact]
    public void A_stream_is_there_after_a_round_trip_and_knows_its_ends()
    {
        var lab = new Lab(1);
        var (client, server) = lab.Connect();
        Assert.Same(client, Assert.Single(lab.A.Connected));
        Assert.Equal("token", client.Token);
        Assert.Equal(lab.B.Endpoint, client.Remote);
        Assert.Equal(client.Local, server.Remote);
        Assert.InRange(lab.World.Now.SinceZero.TotalMicroseconds, 200, 700);
    }

    [Fact]
    public void Nobody_listening_refuses_at_once()
    {
        var lab = new Lab(2);
        lab.A.Connect(lab.B.Endpoint.WithPort(1), "no");
        lab.B.Crash();
        lab.A.Connect(lab.B.Endpoint, "killed");
        lab.RunFor(0.01);
        Assert.Equal(["no", "killed"], lab.A.Failures.Select(one => one.Token).OrderDescending());
        Assert.All(lab.A.Failures, one => Assert.Equal(StreamEnd.Refused, one.Reason));
    }

    [Fact]
    public void Whoever_cannot_be_reached_times_out()
    {
        var lab = new Lab(3, 3);
        lab.Network.Block(lab.B, lab.A);
        lab.A.Connect(lab.B.Endpoint);
        lab.A.Connect(new Endpoint(0x01020304, 5));
        lab.C.PowerCut();
        lab.A.Connect(lab.C.Endpoint);
        lab.RunFor(9);
        Assert.Empty(lab.A.Failures);
        lab.RunFor(2);
        Assert.Equal(3, lab.A.Failures.Count(one => one.Reason == StreamEnd.TimedOut));
        Assert.Empty(lab.B.Accepted);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10_000, 50_000)]
    [InlineData(100_000, 300_000)]
    public void Bytes_arrive_complete_and_in_order_whatever_the_network_does(int lossPpm, int otherPpm)
    {
        var lab = new Lab(4);
        lab.Network.Conditions = new LinkConditions
        {
            LossPpm = lossPpm,
            DuplicatePpm = otherPpm,
            ReorderPpm = otherPpm,
            CorruptPpm = lossPpm,
            TruncatePpm = lossPpm,
            TailPpm = otherPpm,
        };
        var (client, server) = lab.Connect();
        Assert.True(client.Write(Megabyte));
        Assert.True(server.Write(Megabyte.AsSpan(0, 100_000)));
        lab.RunFor(300);
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
        Assert.True(lab.A.Bytes.SequenceEqual(Megabyte.Take(100_000)));
        Assert.Equal(lossPpm > 0, lab.Network.Counts.Retransmitted > 0);
        Assert.Empty(lab.B.Closed);
    }

    [Fact]
    public void Readers_see_cuts_of_all_sizes_across_the_borders_of_writes()
    {
        var lab = new Lab(5);
        var (client, _) = lab.Connect();
        for (var i = 0; i < Megabyte.Length; i += 1024)
            client.Write(Megabyte.AsSpan(i, 1024));
        lab.RunFor(60);
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
        Assert.Contains(lab.B.Cuts, cut => cut < 64);
        Assert.Contains(lab.B.Cuts, cut => cut > 16_000);
        Assert.Contains(lab.B.Cuts, cut => cut % 1024 != 0);
    }

    [Fact]
    public void What_the_kernel_has_no_room_for_is_unsent_until_it_drains()
    {
        var lab = new Lab(6);
        var (client, server) = lab.Connect();
        server.Reading = false;
        client.Write(Megabyte.AsSpan(0, NetworkLimits.StreamWindowBytes));
        Assert.Equal(0, client.Unsent);
        Assert.Equal(0, client.Room);
        client.Write([42]);
        Assert.Equal(1, client.Unsent);
        lab.RunFor(100);
        Assert.Equal(1, client.Unsent);
        Assert.Empty(lab.B.Bytes);
        Assert.Empty(lab.A.Closed);

        server.Reading = true;
        lab.RunFor(1);
        Assert.Equal(1, lab.A.Drains);
        Assert.Equal(0, client.Unsent);
        Assert.Equal(NetworkLimits.StreamWindowBytes, client.Room);
        Assert.Equal(NetworkLimits.StreamWindowBytes + 1, lab.B.Bytes.Count);
    }

    [Fact]
    public void A_paused_reader_does_not_end_a_stream()
    {
        var lab = new Lab(7);
        var (client, _) = lab.Connect();
        lab.B.Pause();
        client.Write(Megabyte);
        lab.RunFor(120);
        Assert.Equal(Megabyte.Length - NetworkLimits.StreamWindowBytes, client.Unsent);
        lab.B.Resume();
        lab.RunFor(10);
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
    }

    [Fact]
    public void An_orderly_close_comes_after_all_bytes()
    {
        var lab = new Lab(8);
        lab.Network.Conditions = new LinkConditions { LossPpm = 20_000 };
        var (client, server) = lab.Connect();
        client.Write(Megabyte);
        client.Close();
        Assert.False(client.Write([1]));
        lab.RunFor(60);
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
        Assert.Equal((server, StreamEnd.Closed), lab.B.Closed.Select(one => (one.Stream, one.End)).Single());
        Assert.Empty(lab.A.Closed);
    }

    [Fact]
    public void An_abort_resets_the_other_end()
    {
        var lab = new Lab(9);
        var (_, server) = lab.Connect();
        server.Abort();
        lab.RunFor(1);
        Assert.Equal(StreamEnd.Reset, Assert.Single(lab.A.Closed).End);
        Assert.Empty(lab.B.Closed);
    }

    [Fact]
    public void A_crash_closes_the_other_end_soon_and_never_tells_the_dead()
    {
        var lab = new Lab(10);
        lab.Connect();
        lab.B.Crash();
        lab.RunFor(0.001);
        Assert.Equal(StreamEnd.Reset, Assert.Single(lab.A.Closed).End);
        Assert.Empty(lab.B.Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_power_cut_is_only_noticed_by_patience(bool isWriting)
    {
        var lab = new Lab(11);
        var (client, _) = lab.Connect();
        lab.B.PowerCut();
        if (isWriting)
            client.Write(Megabyte);
        lab.RunFor(19);
        Assert.Empty(lab.A.Closed);
        lab.RunFor(4);
        Assert.Equal(StreamEnd.TimedOut, Assert.Single(lab.A.Closed).End);
    }

    [Fact]
    public void Who_comes_back_from_a_power_cut_resets_streams_it_does_not_know()
    {
        var lab = new Lab(12);
        var (client, _) = lab.Connect();
        lab.B.PowerCut();
        lab.B.Boot();
        client.Write([1, 2, 3]);
        lab.RunFor(1);
        Assert.Equal(StreamEnd.Reset, Assert.Single(lab.A.Closed).End);
        Assert.Empty(lab.B.Bytes);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_stream_survives_a_partition_that_heals_in_time(bool cutThere, bool cutBack)
    {
        var lab = new Lab(13);
        var (client, _) = lab.Connect();
        Cut(lab, cutThere, cutBack);
        client.Write(Megabyte);
        lab.RunFor(12);
        Assert.True(lab.B.Bytes.Count <= (cutThere ? 0 : NetworkLimits.StreamWindowBytes));
        Assert.NotEqual(0, client.Unsent);
        lab.Network.Heal();
        lab.RunFor(10);
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
        Assert.Empty(lab.A.Closed);
        Assert.Empty(lab.B.Closed);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_long_partition_ends_both_ends(bool cutThere, bool cutBack)
    {
        var lab = new Lab(14);
        var (client, _) = lab.Connect();
        Cut(lab, cutThere, cutBack);
        client.Write(Megabyte);
        lab.RunFor(19);
        Assert.Empty(lab.A.Closed);
        lab.RunFor(4);
        Assert.Equal(StreamEnd.TimedOut, Assert.Single(lab.A.Closed).End);
        lab.RunFor(20);
        Assert.Single(lab.B.Closed);
        Assert.False(client.Write([1]));
    }

    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(0, 1_000_000)]
    [InlineData(100_000, 200_000)]
    public void A_rate_cap_gives_the_duration_it_should(long egress, long ingress)
    {
        var lab = new Lab(15);
        lab.Network.SetRate(lab.A, egress, 0);
        lab.Network.SetRate(lab.B, 0, ingress);
        var (client, _) = lab.Connect();
        var began = lab.World.Now;
        client.Write(Megabyte);
        lab.RunFor(30);
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
        var rate = new[] { egress, ingress }.Where(one => one > 0).Min();
        var expected = (double)Megabyte.Length / rate;
        Assert.InRange((lab.B.LastByteAt - began).TotalSeconds, expected * 0.95, expected * 1.05);
    }

    [Fact]
    public void Streams_share_a_capped_interface_evenly()
    {
        var lab = new Lab(16, 4);
        lab.Network.SetRate(lab.A, 1_000_000, 0);
        foreach (var other in lab.Probes[1..])
            lab.A.Connect(other.Endpoint);
        lab.RunFor(1);
        foreach (var stream in lab.A.Connected)
            stream.Write(Megabyte);
        lab.RunFor(1.5);
        Assert.All(lab.Probes[1..], probe => Assert.InRange(probe.Bytes.Count, 400_000, 600_000));
        lab.RunFor(1.8);
        Assert.All(lab.Probes[1..], probe => Assert.Equal(Megabyte.Length, probe.Bytes.Count));
    }

    [Fact]
    public void Lifting_a_cap_lets_what_waits_go_on()
    {
        var lab = new Lab(17);
        lab.Network.SetRate(lab.A, 5_000, 0);
        lab.Network.SetRate(lab.B, 0, 4_000);
        var (client, _) = lab.Connect();
        client.Write(Megabyte);
        lab.RunFor(5);
        Assert.InRange(lab.B.Bytes.Count, 1000, 20_000);
        lab.Network.Heal();
        lab.RunFor(2); // what is on the slow interface already takes its time
        Assert.True(lab.B.Bytes.SequenceEqual(Megabyte));
    }

    [Fact]
    public void A_machine_can_call_itself()
    {
        var lab = new Lab(18);
        var client = lab.A.Connect(lab.A.Endpoint);
        lab.RunFor(1);
        client.Write(Megabyte);
        lab.RunFor(1);
        Assert.True(lab.A.Bytes.SequenceEqual(Megabyte));
    }

    [Fact]
    public void Both_ends_of_a_moved_machine_are_lost()
    {
        var lab = new Lab(19);
        var (client, _) = lab.Connect();
        lab.Network.Move(lab.B, Lab.Address(50));
        client.Write([1]);
        lab.RunFor(45);
        Assert.Empty(lab.B.Bytes);
        Assert.Single(lab.A.Closed);
        Assert.Single(lab.B.Closed);
    }

    private static void Cut(Lab lab, bool there, bool back)
    {
        if (there)
            lab.Network.Block(lab.A, lab.B);
        if (back)
            lab.Network.Block(lab.B, lab.A);
    }
}
