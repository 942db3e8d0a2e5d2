using Roj.Kernel;

namespace Roj.Simulation.Faults;

/// <summary>What a nemesis does to computers and the programs on them.</summary>
internal sealed class MachineFaults(World world, Nemesis nemesis, Rng rng)
{
    internal bool Strike(FaultClass fault)
    {
        if (nemesis.Victim() is not { } victim)
            return false;
        var lasts = nemesis.SomeTime();
        switch (fault)
        {
            case FaultClass.Crash:
                victim.Crash();
                nemesis.Afflict(fault, victim, lasts, $"Crash {victim.Name}", victim.Boot);
                break;
            case FaultClass.CrashLoop:
                CrashLoop(victim, lasts);
                break;
            case FaultClass.PowerCut:
                victim.PowerCut();
                nemesis.Afflict(fault, victim, lasts, $"PowerCut {victim.Name}", victim.Boot);
                break;
            case FaultClass.Pause:
                victim.Pause();
                nemesis.Afflict(fault, victim, lasts, $"Pause {victim.Name}", victim.Resume);
                break;
            case FaultClass.Slow:
                victim.Slowness = rng.Next(10, 101);
                nemesis.Afflict(fault, victim, lasts, $"Slow {victim.Name} x{victim.Slowness}", () => victim.Slowness = 1);
                break;
            case FaultClass.CleanStop:
                victim.Shutdown();
                nemesis.Afflict(fault, victim, lasts, $"CleanStop {victim.Name}", victim.Boot);
                break;
            case FaultClass.AddressChange:
                return ChangeAddress(victim, lasts);
            default:
                victim.Clock.SetPace(rng.Next(500_000, 2_000_001));
                var deed = $"ClockDrift {victim.Name} {victim.Clock.Pace} ppm";
                nemesis.Afflict(fault, victim, lasts, deed, () => victim.Clock.SetPace(MachineClock.TruePace));
                break;
        }

        return true;
    }

    private void CrashLoop(Machine victim, TimeSpan lasts)
    {
        var times = rng.Next(2, 6);
        var isOver = false;
        victim.Crash();
        nemesis.Afflict(FaultClass.CrashLoop, victim, lasts, $"CrashLoop {victim.Name}, {times} times", () =>
        {
            isOver = true;
            victim.Boot();
        });
        for (var i = 1; i < times; i++)
        {
            var up = world.Now + (lasts * i / times);
            world.Schedule(up, () => Unless(isOver, victim.Boot));
            world.Schedule(up + rng.Next(default, lasts / times), () => Unless(isOver, victim.Crash));
        }
    }

    private static void Unless(bool isOver, Action act)
    {
        if (!isOver)
            act();
    }

    private bool ChangeAddress(Machine victim, TimeSpan lasts)
    {
        var old = victim.Address;
        var address = (old & 0xFFFF_FF00) | (uint)rng.Next(1, 255);
        if (world.Network.MachineAt(address) is not null)
            return false;
        victim.PowerCut();
        world.Network.Move(victim, address);
        nemesis.Afflict(
            FaultClass.AddressChange, victim, lasts, $"AddressChange {victim.Name} to {Endpoint.AddressText(address)}, off", victim.Boot);
        return true;
    }
}
