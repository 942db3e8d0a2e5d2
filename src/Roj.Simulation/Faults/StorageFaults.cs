using Roj.Kernel;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Faults;

/// <summary>What a nemesis does to disks.</summary>
internal sealed class StorageFaults(World world, Nemesis nemesis, Rng rng)
{
    private readonly DiskImage?[] snapshots = new DiskImage?[world.Machines.Count];

    internal bool Strike(FaultClass fault)
    {
        var machine = rng.Pick(world.Machines);
        var disk = machine.Disk;
        switch (fault)
        {
            case FaultClass.BitFlip:
                return Damage(machine, "BitFlip", disk.FlipBit);
            case FaultClass.ExternalTruncate:
                return Damage(machine, "ExternalTruncate", name => disk.TruncateBehind(name, rng.Next((int)disk.LengthOf(name)! + 1)));
            case FaultClass.Wipe:
                return ComeBackWith(fault, new DiskImage(new SortedDictionary<string, byte[]>(StringComparer.Ordinal)));
            case FaultClass.OldSnapshot:
                return RollBack();
            default:
                return Ail(fault, machine);
        }
    }

    private bool Ail(FaultClass fault, Machine machine)
    {
        if (nemesis.Lasts(fault))
            return false;
        var disk = machine.Disk;
        var ppm = 1 + rng.Next(100_000); // up to 10 %, as in TigerBeetle's simulator
        var (deed, act, undo) = fault switch
        {
            FaultClass.DiskFull => Full(disk),
            FaultClass.ReadError => Errors(disk, ppm, (now, rate) => now with { ReadErrorPpm = rate }),
            FaultClass.WriteError => Errors(disk, ppm, (now, rate) => now with { WriteErrorPpm = rate }),
            FaultClass.SyncError => Errors(disk, ppm, (now, rate) => now with { SyncErrorPpm = rate }),
            _ => Slow(disk),
        };
        act();
        nemesis.Afflict(fault, null, nemesis.SomeTime(), $"{fault} {machine.Name} {deed}", undo);
        return true;
    }

    private (string Deed, Action Act, Action Undo) Full(SimDisk disk)
    {
        var usual = disk.Capacity;
        var left = rng.Next(1 << rng.Next(1, 20));
        return ($"{left} B left", () => disk.Capacity = disk.Used + left, () => disk.Capacity = usual);
    }

    private (string Deed, Action Act, Action Undo) Slow(SimDisk disk)
    {
        var slowness = rng.Next(10, 101);
        void SetTo(int factor) => disk.Speed = disk.Speed with { Slowness = factor };
        return ($"x{slowness}", () => SetTo(slowness), () => SetTo(1));
    }

    private static (string Deed, Action Act, Action Undo) Errors(SimDisk disk, int ppm, Func<DiskFaults, int, DiskFaults> set) =>
        ($"{ppm} ppm", () => disk.Faults = set(disk.Faults, ppm), () => disk.Faults = set(disk.Faults, 0));

    private bool Damage(Machine machine, string deed, Func<string, bool> damage)
    {
        var names = machine.Disk.List();
        if (names.Count == 0)
            return false;
        var name = rng.Pick(names);
        if (!damage(name))
            return false;
        nemesis.Record($"{deed} {machine.Name} {name}");
        return true;
    }

    /// <summary>The first time an image is taken; the next time the machine falls back to it.</summary>
    private bool RollBack()
    {
        foreach (var machine in world.Machines)
        {
            if (snapshots[machine.Id] is null && rng.Chance(1, 2))
                snapshots[machine.Id] = machine.Disk.Snapshot();
        }

        return ComeBackWith(FaultClass.OldSnapshot, null);
    }

    private bool ComeBackWith(FaultClass fault, DiskImage? image)
    {
        if (nemesis.Victim() is not { } victim || (image ?? snapshots[victim.Id]) is not { } chosen)
            return false;
        victim.PowerCut();
        victim.Disk.Restore(chosen);
        nemesis.Afflict(fault, victim, nemesis.SomeTime(), $"{fault} {victim.Name}, off", victim.Boot);
        return true;
    }
}
