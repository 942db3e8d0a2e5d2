using System.Runtime.CompilerServices;
using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>The wires between all machines, and what can be done to them.</summary>
/// <remarks>Addresses need no routes: any machine reaches any other, unless a link is blocked. Subnets only say how far a broadcast
/// goes.</remarks>
public sealed class SimNetwork
{
    private readonly List<Subnet> subnets = [];
    private readonly List<Interface> interfaces = [];
    private readonly SortedDictionary<uint, Machine> byAddress = [];
    private readonly Stack<DatagramDelivery> idleDeliveries = new();
    private readonly Rng datagramRng;

    internal SimNetwork(World world)
    {
        World = world;
        datagramRng = world.RngFor("network/datagrams");
        StreamRng = world.RngFor("network/streams");
    }

    /// <summary>How links behave that were given no conditions of their own.</summary>
    public LinkConditions Conditions { get; set; } = LinkConditions.Lan;

    /// <summary>What the two kernels hold of one direction of a stream together; for streams that are connected from now on.</summary>
    public int WindowBytes { get; set; } = NetworkLimits.StreamWindowBytes;

    /// <summary>What happened to packets so far.</summary>
    public NetworkCounts Counts { get; } = new();

    internal World World { get; }

    internal Rng StreamRng { get; }

    /// <summary>Says how far broadcasts go: those to its broadcast address reach every machine in it.</summary>
    public void AddSubnet(Subnet subnet) => subnets.Add(subnet);

    /// <summary>Who has an address; null if nobody.</summary>
    public Machine? MachineAt(uint address) => byAddress.GetValueOrDefault(address);

    /// <summary>Gives a machine another address, as a new lease would. Its streams die as if their peers had vanished.</summary>
    /// <returns>False if the address is taken.</returns>
    public bool Move(Machine machine, uint address)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (!byAddress.TryAdd(address, machine))
            return false;
        World.Trace.Add(machine, "move", machine.Address, address);
        byAddress.Remove(machine.Address);
        machine.Address = address;
        for (var i = machine.Streams.Count - 1; i >= 0; i--)
            machine.Streams[i].LoseBothEnds();
        return true;
    }

    /// <summary>Gives one direction conditions of its own; null takes them away.</summary>
    public void SetConditions(Machine from, Machine to, LinkConditions? conditions) => LinkOf(from, to).Own = conditions;

    /// <summary>Cuts one direction: datagrams vanish, streams wait. Blocks are counted: two need two <see cref="Unblock"/>.</summary>
    public void Block(Machine from, Machine to) => LinkOf(from, to).Block();

    /// <summary>Takes one <see cref="Block"/> away.</summary>
    public void Unblock(Machine from, Machine to) => LinkOf(from, to).Unblock();

    /// <summary>Whether one direction is cut.</summary>
    public bool IsBlocked(Machine from, Machine to) => LinkOf(from, to).IsBlocked;

    /// <summary>Cuts both directions between machines of different groups.</summary>
    /// <param name="groupOf">The group of each machine, by <see cref="Machine.Id"/>; a negative one is a bridge: connected to all.</param>
    public void Partition(IReadOnlyList<int> groupOf) => EachAcross(groupOf, link => link.Block());

    /// <summary>Takes a <see cref="Partition"/> by the same groups away.</summary>
    public void Unpartition(IReadOnlyList<int> groupOf) => EachAcross(groupOf, link => link.Unblock());

    /// <summary>Stops one direction until <paramref name="until"/>: nothing is lost, all of it comes late.</summary>
    public void Clog(Machine from, Machine to, Instant until) => LinkOf(from, to).Clog(until);

    /// <summary>Caps what a machine sends and receives, in bytes of payload per second; 0 takes the cap away.</summary>
    public void SetRate(Machine machine, long egressBytesPerSecond, long ingressBytesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentOutOfRangeException.ThrowIfNegative(egressBytesPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegative(ingressBytesPerSecond);
        interfaces[machine.Id].Egress.SetRate(egressBytesPerSecond);
        interfaces[machine.Id].Ingress.SetRate(ingressBytesPerSecond);
    }

    /// <summary>Puts a machine behind a switch of its own: broadcasts only reach machines with the same number, unicast reaches all. All
    /// begin at 0.</summary>
    public void SetBroadcastDomain(Machine machine, int domain)
    {
        ArgumentNullException.ThrowIfNull(machine);
        interfaces[machine.Id].BroadcastDomain = domain;
    }

    /// <summary>Takes away every block, every link's own conditions, every cap and every broadcast domain. Clogs end by
    /// themselves.</summary>
    public void Heal()
    {
        foreach (var one in interfaces)
        {
            one.Egress.SetRate(0);
            one.Ingress.SetRate(0);
            one.BroadcastDomain = 0;
            foreach (var link in one.Links)
                link?.Heal();
        }
    }

    internal RatedPort Egress(Machine machine) => interfaces[machine.Id].Egress;

    internal RatedPort Ingress(Machine machine) => interfaces[machine.Id].Ingress;

    internal Link LinkOf(Machine from, Machine to)
    {
        var links = interfaces[from.Id].Links;
        while (links.Count <= to.Id)
            links.Add(null);
        return links[to.Id] ??= new Link(this, from == to);
    }

    internal void Attach(Machine machine)
    {
        if (!byAddress.TryAdd(machine.Address, machine))
            throw new ArgumentException($"{Endpoint.AddressText(machine.Address)} is taken", nameof(machine));
        interfaces.Add(new Interface(World));
    }

    internal SimStream Connect(Machine from, Endpoint to, object? token)
    {
        var local = new Endpoint(from.Address, interfaces[from.Id].NextPort());
        var client = new SimStream(from, local, to, token);
        World.Trace.Add(from, "connect", local, to, default);
        World.Schedule(World.Now, new Dial(this, client));
        return client;
    }

    internal bool SendDatagram(Machine from, Endpoint source, Endpoint to, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > NetworkLimits.DatagramBytesMax)
            return false;
        var depart = World.Now;
        if (to.Address != from.Address && !interfaces[from.Id].Egress.TryTake(payload.Length, out depart))
        {
            Counts.QueueDrops++;
            return true;
        }

        if (BroadcastReach(from, to.Address) is { } subnet)
        {
            foreach (var machine in World.Machines)
            {
                if (subnet.Contains(machine.Address) && SameDomain(from, machine))
                    Carry(from, machine, source, to, payload, depart);
            }
        }
        else if (MachineAt(to.Address) is { } target)
        {
            Carry(from, target, source, to, payload, depart);
        }
        else
        {
            Counts.Sent++;
            Counts.Unheard++;
        }

        return true;
    }

    internal void Arrive(DatagramDelivery delivery)
    {
        var input = delivery.Input;
        var machine = delivery.To;
        // The machine may have moved to another address while the datagram travelled; broadcasts are for whoever was meant.
        var isForIt = input.To.Address == machine.Address || MachineAt(input.To.Address) is null;
        if (isForIt && machine.Hears(input.To.Port))
        {
            Counts.Delivered++;
            machine.Inbox.Post(input);
        }
        else
        {
            Counts.Unheard++;
            World.Buffers.Return(input.Buffer!, input.Length);
        }

        idleDeliveries.Push(delivery);
    }

    internal void DropAtInterface(DatagramDelivery delivery)
    {
        Counts.QueueDrops++;
        World.Buffers.Return(delivery.Input.Buffer!, delivery.Input.Length);
        idleDeliveries.Push(delivery);
    }

    private bool SameDomain(Machine one, Machine other) =>
        one == other || interfaces[one.Id].BroadcastDomain == interfaces[other.Id].BroadcastDomain;

    private Subnet? BroadcastReach(Machine from, uint to)
    {
        foreach (var subnet in subnets)
        {
            if (subnet.Contains(from.Address) && (to == subnet.Broadcast || to == uint.MaxValue))
                return subnet;
        }

        return null;
    }

    private void Carry(Machine from, Machine to, Endpoint source, Endpoint target, ReadOnlySpan<byte> payload, Instant depart)
    {
        var link = LinkOf(from, to);
        Counts.Sent++;
        if (link.IsBlocked)
        {
            Counts.Blocked++;
            return;
        }

        if (link.Loses(payload.Length, datagramRng))
        {
            Counts.Lost++;
            World.Trace.Add(from, "datagram.lost", source, target, default);
            return;
        }

        CarryCopy(link, to, source, target, payload, depart);
        if (!Link.Happens(link.Conditions.DuplicatePpm, datagramRng))
            return;
        Counts.Duplicated++;
        World.Trace.Add(from, "datagram.twice", source, target, default);
        CarryCopy(link, to, source, target, payload, depart);
    }

    private void CarryCopy(Link link, Machine to, Endpoint source, Endpoint target, ReadOnlySpan<byte> payload, Instant depart)
    {
        var buffer = World.Buffers.Rent(payload.Length);
        payload.CopyTo(buffer);
        var length = Damage(link.Conditions, buffer, payload.Length);
        var delivery = idleDeliveries.Count > 0 ? idleDeliveries.Pop() : new DatagramDelivery(this);
        delivery.Begin(to, new Input(InputKind.Datagram) { From = source, To = target, Buffer = buffer, Length = length });
        World.Schedule(link.DatagramArrival(depart, datagramRng, Counts), delivery);
    }

    private int Damage(LinkConditions conditions, byte[] buffer, int length)
    {
        if (length > 0 && Link.Happens(conditions.CorruptPpm, datagramRng))
        {
            Counts.Corrupted++;
            buffer[datagramRng.Next(length)] ^= (byte)(1 << datagramRng.Next(8));
        }

        if (length > 0 && Link.Happens(conditions.TruncatePpm, datagramRng))
        {
            Counts.Truncated++;
            length = datagramRng.Next(length);
        }

        return length;
    }

    private void EachAcross(IReadOnlyList<int> groupOf, Action<Link> act, [CallerArgumentExpression(nameof(groupOf))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(groupOf);
        if (groupOf.Count != interfaces.Count)
            throw new ArgumentException("one group for each machine", name);
        foreach (var from in World.Machines)
        {
            foreach (var to in World.Machines)
            {
                if (groupOf[from.Id] != groupOf[to.Id] && groupOf[from.Id] >= 0 && groupOf[to.Id] >= 0)
                    act(LinkOf(from, to));
            }
        }
    }

    /// <summary>What the network knows of one machine.</summary>
    private sealed class Interface(World world)
    {
        // The dynamic ports (RFC 6335, section 6).
        private const int FirstDynamicPort = 49_152;
        private int dynamicPorts;

        internal RatedPort Egress { get; } = new(world);

        internal RatedPort Ingress { get; } = new(world);

        /// <summary>The links from here, by the other machine's id.</summary>
        internal List<Link?> Links { get; } = [];

        internal int BroadcastDomain { get; set; }

        internal ushort NextPort() => (ushort)(FirstDynamicPort + (dynamicPorts++ % (ushort.MaxValue - FirstDynamicPort)));
    }
}
