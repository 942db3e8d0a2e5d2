using Roj.Kernel;
using Roj.Simulation.Disk;
using Roj.Simulation.Network;

namespace Roj.Simulation;

/// <summary>A simulated computer: a kernel with ports, streams, a clock and a disk, and one program, which is the subclass.</summary>
/// <remarks>
/// <para>The <c>On…</c> methods are the program: they are called one at a time, never from inside one another. What memory they are given
/// is theirs only until they return.</para>
/// <para>The methods with which a program acts (<see cref="Send"/>, <see cref="Connect"/>, <see cref="SetAlarm"/>…) may only be called
/// while the machine is <see cref="MachineState.Up"/>. They never call back at once.</para>
/// </remarks>
public abstract class Machine
{
    private static readonly TimeSpan TypicalServiceTime = TimeSpan.FromMicroseconds(50);

    private readonly List<ushort> datagramPorts = [];
    private readonly List<ushort> listenPorts = [];
    private readonly Inbox inbox;
    private readonly Alarm alarm;
    private bool wakeWaits;

    /// <summary>Puts a computer, switched off, into <paramref name="world"/>. <see cref="Boot"/> starts it.</summary>
    protected Machine(World world, string name, uint address)
    {
        ArgumentNullException.ThrowIfNull(world);
        World = world;
        Name = name;
        Address = address;
        Clock = new MachineClock(world);
        inbox = new Inbox(this);
        alarm = new Alarm(world, Ring);
        Id = world.Enroll(this);
        Rng = world.RngFor($"machine/{Id}");
        Disk = new SimDisk(world.RngFor($"disk/{Id}"));
        world.Network.Attach(this);
    }

    /// <summary>Where it stands.</summary>
    public World World { get; }

    /// <summary>Its index in <see cref="World.Machines"/>.</summary>
    public int Id { get; }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>Its address; <see cref="SimNetwork.Move"/> changes it.</summary>
    public uint Address { get; internal set; }

    /// <summary>What its program is doing.</summary>
    public MachineState State { get; private set; }

    /// <summary>Whether its kernel answers: after a crash it refuses connections at once, without power it is silent.</summary>
    public bool IsPowered { get; private set; }

    /// <summary>How often its program was started.</summary>
    public int Boots { get; private set; }

    /// <summary>Its disk, which outlives everything but what is done to it.</summary>
    public SimDisk Disk { get; }

    /// <summary>Its own clock.</summary>
    public MachineClock Clock { get; }

    /// <summary>The time its own clock shows: what a program calls "now".</summary>
    public Instant Now => Clock.Now;

    /// <summary>Where <see cref="Clock"/> begins at the next start; null leaves it running on. Clocks of two starts can't be
    /// compared.</summary>
    public Instant? ClockAtBoot { get; set; }

    /// <summary>Chance for the program on it.</summary>
    public Rng Rng { get; }

    /// <summary>How long the processor is busy with one input; zero, the default, means not at all.</summary>
    public TimeSpan ServiceTime { get; set; }

    /// <summary>How many times slower than usual it is, 1 or more. A machine that has no <see cref="ServiceTime"/> counts 50 µs
    /// then.</summary>
    public int Slowness { get; set; } = 1;

    internal TimeSpan CostPerInput =>
        Slowness <= 1 ? ServiceTime : (ServiceTime == default ? TypicalServiceTime : ServiceTime) * Slowness;

    internal Inbox Inbox => inbox;

    internal List<SimStream> Streams { get; } = [];

    /// <summary>Switches on, if need be, and starts the program. Nothing happens if it runs or is paused.</summary>
    public void Boot()
    {
        if (State != MachineState.Down)
            return;
        IsPowered = true;
        State = MachineState.Up;
        Boots++;
        if (ClockAtBoot is { } start)
            Clock.Restart(start);
        World.Trace.Add(this, "boot", Boots);
        OnStart();
    }

    /// <summary>Kills the program (SIGKILL). The kernel resets its streams; what the disk's cache holds stays.</summary>
    public void Crash()
    {
        if (State == MachineState.Down)
            return;
        World.Trace.Add(this, "crash", Boots);
        ForgetProgram();
        for (var i = Streams.Count - 1; i >= 0; i--)
            Streams[i].Kill();
        OnStopped();
    }

    /// <summary>Asks the program to stop and then ends it: <see cref="OnShutdown"/> may still send and close; what it wrote is
    /// delivered.</summary>
    public void Shutdown()
    {
        if (State != MachineState.Up)
            return;
        World.Trace.Add(this, "shutdown", Boots);
        OnShutdown();
        ForgetProgram();
        for (var i = Streams.Count - 1; i >= 0; i--)
            Streams[i].Close();
        OnStopped();
    }

    /// <summary>Takes the power away. Nobody is told; the disk loses what was not synced, or part of it.</summary>
    public void PowerCut()
    {
        if (!IsPowered)
            return;
        World.Trace.Add(this, "power.cut", Boots);
        var ran = State != MachineState.Down;
        IsPowered = false;
        ForgetProgram();
        for (var i = Streams.Count - 1; i >= 0; i--)
            Streams[i].Vanish();
        Disk.PowerCut();
        if (ran)
            OnStopped();
    }

    /// <summary>Stops the program where it is (SIGSTOP). Input waits, up to the kernel's limits, and alarms ring late.</summary>
    public void Pause()
    {
        if (State != MachineState.Up)
            return;
        World.Trace.Add(this, "pause", Boots);
        State = MachineState.Paused;
    }

    /// <summary>Lets a paused program go on (SIGCONT): what waited is handed over in order.</summary>
    public void Resume()
    {
        if (State != MachineState.Paused)
            return;
        World.Trace.Add(this, "resume", Boots);
        State = MachineState.Up;
        inbox.Arm();
    }

    /// <summary>Receives datagrams for <paramref name="port"/> from now until the program ends: those to the own address and
    /// broadcasts.</summary>
    public void Bind(ushort port)
    {
        RequireUp();
        if (!datagramPorts.Contains(port))
            datagramPorts.Add(port);
    }

    /// <summary>Accepts streams on <paramref name="port"/> from now until the program ends.</summary>
    public void Listen(ushort port)
    {
        RequireUp();
        if (!listenPorts.Contains(port))
            listenPorts.Add(port);
    }

    /// <summary>Sends a datagram. The bytes are copied.</summary>
    /// <param name="fromPort">The port it comes from; it need not be bound.</param>
    /// <param name="to">A machine, or a broadcast address of a subnet that this machine is in, or 255.255.255.255.</param>
    /// <param name="payload">At most 65,507 bytes.</param>
    /// <returns>False if it is too long; true says nothing about arrival.</returns>
    public bool Send(ushort fromPort, Endpoint to, ReadOnlySpan<byte> payload)
    {
        RequireUp();
        return World.Network.SendDatagram(this, new Endpoint(Address, fromPort), to, payload);
    }

    /// <summary>Begins to connect. <see cref="OnConnected"/> or <see cref="OnConnectFailed"/> follows, unless the stream is closed
    /// before.</summary>
    /// <param name="to">Whom to call.</param>
    /// <param name="token">Whatever the program wants to find again in <see cref="SimStream.Token"/>.</param>
    public SimStream Connect(Endpoint to, object? token = null)
    {
        RequireUp();
        return World.Network.Connect(this, to, token);
    }

    /// <summary>Lets <see cref="OnWake"/> be called once, when <see cref="Now"/> has reached <paramref name="at"/>; replaces what was set
    /// before.</summary>
    public void SetAlarm(Instant? at)
    {
        RequireUp();
        alarm.Set(at is { } local ? Clock.ToWorld(local) : null);
    }

    /// <summary>Calls <paramref name="action"/> on this machine after <paramref name="delay"/> of true time: the completion of something
    /// slow, such as the disk. It waits while the program is paused or busy, and never comes if the program ends.</summary>
    public void After(TimeSpan delay, Action action)
    {
        RequireUp();
        var boot = Boots;
        World.Schedule(World.Now + delay, () =>
        {
            if (Boots == boot)
                inbox.Post(new Input(InputKind.Action, Action: action));
        });
    }

    /// <summary>Does something to this machine after a while, unless it is in another life by then.</summary>
    protected void InThisLife(TimeSpan after, Action what)
    {
        var boot = Boots;
        World.Schedule(World.Now + after, () =>
        {
            if (Boots == boot)
                what();
        });
    }

    /// <summary>Its name and address.</summary>
    public override string ToString() => $"{Name} ({Endpoint.AddressText(Address)})";

    /// <summary>The program starts: with a disk as it was left and nothing in memory.</summary>
    protected internal virtual void OnStart()
    {
    }

    /// <summary>The program is asked to stop politely; it is ended when this returns.</summary>
    protected internal virtual void OnShutdown()
    {
    }

    /// <summary>The program has ended, in whatever way: forget what was in its memory. Nothing can be sent any more.</summary>
    protected internal virtual void OnStopped()
    {
    }

    /// <summary>A datagram came.</summary>
    /// <param name="from">Its sender.</param>
    /// <param name="to">The own endpoint, or the broadcast address that was used.</param>
    /// <param name="payload">Its bytes, valid until this returns.</param>
    protected internal virtual void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
    }

    /// <summary>Somebody connected to a port that is listened on.</summary>
    protected internal virtual void OnAccepted(SimStream stream, Endpoint from)
    {
    }

    /// <summary>A stream asked for with <see cref="Connect"/> is there.</summary>
    protected internal virtual void OnConnected(SimStream stream)
    {
    }

    /// <summary>A stream asked for with <see cref="Connect"/> will not be there.</summary>
    /// <param name="token">What <see cref="Connect"/> was given.</param>
    /// <param name="reason"><see cref="StreamEnd.Refused"/>, <see cref="StreamEnd.Reset"/> or <see cref="StreamEnd.TimedOut"/>.</param>
    protected internal virtual void OnConnectFailed(object? token, StreamEnd reason)
    {
    }

    /// <summary>The next bytes of a stream, cut anywhere; valid until this returns.</summary>
    protected internal virtual void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes)
    {
    }

    /// <summary><see cref="SimStream.Unsent"/> was not zero and is again.</summary>
    protected internal virtual void OnDrained(SimStream stream)
    {
    }

    /// <summary>A stream ended, not by the own doing; <see cref="SimStream.End"/> says how. All its bytes were handed over
    /// before.</summary>
    protected internal virtual void OnClosed(SimStream stream)
    {
    }

    /// <summary>The alarm rings.</summary>
    protected internal virtual void OnWake()
    {
    }

    internal bool Hears(ushort port) => State != MachineState.Down && datagramPorts.Contains(port);

    internal bool Listens(ushort port) => State != MachineState.Down && listenPorts.Contains(port);

    internal void Wake()
    {
        wakeWaits = false;
        OnWake();
    }

    private void Ring()
    {
        if (wakeWaits)
            return;
        wakeWaits = true;
        inbox.Post(new Input(InputKind.Wake));
    }

    private void ForgetProgram()
    {
        State = MachineState.Down;
        alarm.Set(null);
        wakeWaits = false;
        inbox.Clear();
        datagramPorts.Clear();
        listenPorts.Clear();
    }

    private void RequireUp()
    {
        if (State != MachineState.Up)
            throw new InvalidOperationException($"{this} is {State}: no program runs on it that could act");
    }
}
