namespace Roj.Simulation.Faults;

/// <summary>What a <see cref="Nemesis"/> can do. The classes of faults that need a program of their own (a cloned identity, mixed
/// versions, join storms, merging clusters) are the scenario's.</summary>
public enum FaultClass
{
    /// <summary>Packets are lost everywhere.</summary>
    Loss,

    /// <summary>Datagrams arrive twice.</summary>
    Duplicate,

    /// <summary>Datagrams overtake each other.</summary>
    Reorder,

    /// <summary>Some packets take much longer.</summary>
    DelayTail,

    /// <summary>Bits of datagrams flip.</summary>
    Corrupt,

    /// <summary>Datagrams lose their ends.</summary>
    Truncate,

    /// <summary>One direction between two machines stands still and goes on.</summary>
    Clog,

    /// <summary>Several machines' links stand still one after another and go on in another order (FoundationDB's
    /// swizzle-clogging).</summary>
    Swizzle,

    /// <summary>The machines fall into two groups.</summary>
    Split,

    /// <summary>One direction between two machines is cut.</summary>
    OneWay,

    /// <summary>Two groups, and one machine that reaches both: majorities overlap.</summary>
    Bridge,

    /// <summary>Broadcasts reach only a part of the machines; unicast reaches all.</summary>
    BroadcastSplit,

    /// <summary>A machine's interface is slow.</summary>
    RateCap,

    /// <summary>A program is killed and started again.</summary>
    Crash,

    /// <summary>A program is killed a few times in a row, soon after each start.</summary>
    CrashLoop,

    /// <summary>A machine loses its power and comes back.</summary>
    PowerCut,

    /// <summary>A program is stopped and goes on.</summary>
    Pause,

    /// <summary>A machine takes 10 to 100 times longer for everything.</summary>
    Slow,

    /// <summary>A program is asked to stop, and started again.</summary>
    CleanStop,

    /// <summary>A machine comes back with another address.</summary>
    AddressChange,

    /// <summary>A machine's clock runs at 0.5 to 2 times the true pace.</summary>
    ClockDrift,

    /// <summary>A disk is full; writes are cut short.</summary>
    DiskFull,

    /// <summary>Reads fail now and then.</summary>
    ReadError,

    /// <summary>Writes fail now and then.</summary>
    WriteError,

    /// <summary>Syncs fail now and then.</summary>
    SyncError,

    /// <summary>A disk takes 10 to 100 times longer.</summary>
    SlowDisk,

    /// <summary>One bit of a stored file flips. Stays after healing.</summary>
    BitFlip,

    /// <summary>Somebody cuts a stored file. Stays after healing.</summary>
    ExternalTruncate,

    /// <summary>A machine comes back with an empty disk. Stays after healing.</summary>
    Wipe,

    /// <summary>A machine comes back with an old image of its disk. Stays after healing.</summary>
    OldSnapshot,
}
