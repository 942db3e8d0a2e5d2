using Roj.Kernel;
using Xunit;

namespace Roj.Simulation.Tests;

public sealed class MachineTests
{
    [Fact]
    public void An_alarm_rings_once_at_its_time_and_the_last_one_counts()
    {
        var lab = new Lab(1);
        lab.A.SetAlarm(At(5));
        lab.A.SetAlarm(At(1));
        lab.A.SetAlarm(At(2));
        lab.RunFor(10);
        Assert.Equal([At(2)], lab.A.Wakes);
        lab.A.SetAlarm(At(12));
        lab.A.SetAlarm(null);
        lab.RunFor(10);
        Assert.Single(lab.A.Wakes);
    }

    [Fact]
    public void A_paused_machine_gets_everything_in_order_when_it_goes_on()
    {
        var lab = new Lab(2);
        lab.B.SetAlarm(At(3));
        lab.B.Pause();
        for (byte i = 0; i < 10; i++)
        {
            lab.A.Send(lab.B, i);
            lab.RunFor(0.5);
        }

        Assert.Empty(lab.B.Datagrams);
        Assert.Empty(lab.B.Wakes);
        lab.B.Resume();
        lab.RunFor(0);
        Assert.Equal(Enumerable.Range(0, 10), lab.B.Datagrams.Select(one => (int)one.Payload[0]));
        Assert.Equal([At(5)], lab.B.Wakes);
    }

    [Fact]
    public void A_paused_machine_keeps_no_more_datagrams_than_its_kernel_has_room_for()
    {
        var lab = new Lab(3);
        lab.B.Pause();
        for (var i = 0; i < 300; i++)
            lab.A.Send(lab.B, new byte[1000]);
        lab.RunFor(1);
        lab.B.Resume();
        lab.RunFor(1);
        Assert.Equal(212, lab.B.Datagrams.Count);
        Assert.Equal(88, lab.Network.Counts.BufferDrops);
    }

    [Fact]
    public void Time_that_inputs_cost_delays_those_behind_them()
    {
        var lab = new Lab(4);
        lab.B.ServiceTime = TimeSpan.FromMilliseconds(1);
        lab.B.Slowness = 10;
        for (byte i = 0; i < 100; i++)
            lab.A.Send(lab.B, i);
        lab.RunFor(0.5);
        Assert.InRange(lab.B.Datagrams.Count, 49, 51);
        lab.RunFor(1);
        Assert.Equal(100, lab.B.Datagrams.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(990), lab.B.Datagrams[^1].At - lab.B.Datagrams[0].At);
    }

    [Fact]
    public void A_crashed_program_hears_nothing_and_forgets_its_alarm_until_it_is_started()
    {
        var lab = new Lab(5);
        lab.B.SetAlarm(At(1));
        lab.B.After(TimeSpan.FromSeconds(1), () => Assert.Fail("a completion for a program that ended"));
        lab.A.Send(lab.B, 1);
        lab.B.Crash();
        lab.RunFor(2);
        Assert.Empty(lab.B.Datagrams);
        Assert.Empty(lab.B.Wakes);
        Assert.Throws<InvalidOperationException>(() => lab.B.Send(lab.A, 1));
        lab.B.Boot();
        lab.A.Send(lab.B, 2);
        lab.RunFor(1);
        Assert.Equal(2, lab.B.Boots);
        Assert.Equal(2, Assert.Single(lab.B.Datagrams).Payload[0]);
    }

    [Fact]
    public void A_fast_clock_rings_early_and_begins_anew_at_boot()
    {
        var lab = new Lab(6);
        lab.RunFor(10);
        lab.A.Clock.SetPace(2_000_000);
        Assert.Equal(At(10), lab.A.Now);
        lab.A.SetAlarm(At(20));
        lab.RunFor(10);
        Assert.Equal([At(15)], lab.A.Wakes);
        Assert.Equal(At(30), lab.A.Now);

        lab.A.ClockAtBoot = At(1000);
        lab.A.Crash();
        lab.A.Boot();
        Assert.Equal(At(1000), lab.A.Now);
    }

    private static Instant At(int seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}
