namespace Roj.Simulation;

/// <summary>What a machine's program is doing.</summary>
public enum MachineState
{
    /// <summary>No program runs. Whether the kernel still answers is <see cref="Machine.IsPowered"/>.</summary>
    Down,

    /// <summary>The program runs.</summary>
    Up,

    /// <summary>The program is stopped (SIGSTOP); the kernel goes on receiving for it until its buffers are full.</summary>
    Paused,
}
