using System.Globalization;
using System.Text;

namespace Roj.EndToEnd;

/// <summary>What ip(8) and bridge(8) are told to wire hosts together: all names follow from the last byte of a host's address.</summary>
internal static class LabWiring
{
    /// <summary>The bridge that all hosts hang on.</summary>
    public const string Bridge = "br0";

    /// <summary>The address of the test program itself, on the bridge: it reaches every host, and no partition keeps it out.</summary>
    public const byte ObserverNumber = 254;

    /// <summary>The address that reaches all hosts.</summary>
    public const string BroadcastAddress = "10.77.0.255";

    /// <summary>The address of host <paramref name="number"/>.</summary>
    public static string Address(byte number) => Text($"10.77.0.{number}");

    /// <summary>The network namespace of host <paramref name="number"/>.</summary>
    public static string Namespace(byte number) => Text($"h{number}");

    /// <summary>The bridge's end of the cable to host <paramref name="number"/>.</summary>
    public static string Port(byte number) => Text($"p{number}");

    /// <summary>For ip -batch: the bridge.</summary>
    public static string Bridging()
    {
        var batch = new StringBuilder();
        // Ports forward at once (no spanning tree, no delay) and multicast goes everywhere (no snooping), as in a plain switch.
        batch.AppendLine(Text($"link add {Bridge} address {Mac(ObserverNumber)} type bridge mcast_snooping 0 stp_state 0 forward_delay 0"));
        batch.AppendLine(Text($"link set {Bridge} addrgenmode none up"));
        batch.AppendLine(Text($"addr add {Address(ObserverNumber)}/24 brd + dev {Bridge}"));
        Neighbours(batch, ObserverNumber, Bridge);
        return batch.ToString();
    }

    /// <summary>For ip -batch: for each host a namespace, and a cable to the bridge.</summary>
    public static string Cabling(IEnumerable<byte> numbers)
    {
        var batch = new StringBuilder();
        foreach (var number in numbers)
        {
            var (port, name) = (Port(number), Namespace(number));
            batch.AppendLine(Text($"netns add {name}"));
            batch.AppendLine(Text($"link add {port} type veth peer name eth0 address {Mac(number)} netns {name}"));
            batch.AppendLine(Text($"link set {port} addrgenmode none"));
            batch.AppendLine(Text($"link set {port} master {Bridge} up"));
            // A frame for an address that nobody has is lost here, rather than copied to every host: sweeps would cost n² frames.
            batch.AppendLine(Text($"link set {port} type bridge_slave flood off"));
        }

        return batch.ToString();
    }

    /// <summary>For bridge -batch: who sits behind which port, since flooding is off and nothing may depend on who spoke first.</summary>
    public static string Forwarding(IEnumerable<byte> numbers) =>
        string.Concat(numbers.Select(number => Text($"fdb replace {Mac(number)} dev {Port(number)} master static\n")));

    /// <summary>For ip -n NAMESPACE -batch: what host <paramref name="number"/> sets up for itself: no default route.</summary>
    public static string Inside(byte number)
    {
        var batch = new StringBuilder();
        // Without "brd +" the interface has no broadcast address, and discovery by broadcast hears nothing.
        batch.AppendLine(Text($"addr add {Address(number)}/24 brd + dev eth0"));
        batch.AppendLine("link set eth0 addrgenmode none up");
        batch.AppendLine("link set lo up");
        Neighbours(batch, number, "eth0");
        return batch.ToString();
    }

    /// <summary>For ip -batch: a second address, in another /24, and those of <paramref name="numbers"/> there.</summary>
    public static string Also(string network, byte number, IEnumerable<byte> numbers, string device)
    {
        var batch = new StringBuilder();
        batch.AppendLine(Text($"addr add {network}.{number}/24 brd + dev {device}"));
        foreach (var other in numbers.Where(other => other != number))
            batch.AppendLine(Text($"neigh replace {network}.{other} lladdr {Mac(other)} nud permanent dev {device}"));
        return batch.ToString();
    }

    /// <summary>For ip -batch: takes down what <see cref="Bridging"/> and <see cref="Cabling"/> built. A cable goes with one end of
    /// it.</summary>
    public static string Dismantling(IEnumerable<byte> numbers) =>
        string.Concat(numbers.Select(number => Text($"link del {Port(number)}\nnetns del {Namespace(number)}\n")))
        + Text($"link del {Bridge}\n");

    // The kernel's neighbour table holds 1,024 entries for all namespaces together (net.ipv4.neigh.default.gc_thresh3): a mesh of 33
    // hosts overflows it, and so does one sweep of the /24 by five; peers then stall for many seconds. Permanent entries don't count.
    private static void Neighbours(StringBuilder batch, byte own, string device)
    {
        for (byte other = 1; other < byte.MaxValue; other++)
        {
            if (other != own)
                batch.AppendLine(Text($"neigh replace {Address(other)} lladdr {Mac(other)} nud permanent dev {device}"));
        }
    }

    private static string Mac(byte number) => Text($"02:00:0a:4d:00:{number:x2}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
