using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Tests;

/// <summary>A world with a few probes, switched on, in one /24.</summary>
internal sealed class Lab
{
    internal Lab(ulong seed, int machines = 2, Action<string>? sink = null)
    {
        World = new World(seed, sink);
        World.Network.AddSubnet(new Subnet(Address(0), 24));
        Probes = [.. Enumerable.Range(1, machines).Select(i => new Probe(World, $"n{i}", Address(i)))];
        foreach (var probe in Probes)
            probe.Boot();
    }

    internal World World { get; }

    internal Probe[] Probes { get; }

    internal Probe A => Probes[0];

    internal Probe B => Probes[1];

    internal Probe C => Probes[2];

    internal SimNetwork Network => World.Network;

    internal static uint Address(int host) => 0x0A_00_00_00 + (uint)host;

    internal void RunFor(double seconds) => World.Run(World.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>A stream from A to B, open at both ends.</summary>
    internal (SimStream Client, SimStream Server) Connect()
    {
        var client = A.Connect(B.Endpoint, "token");
        World.Run(World.Now + TimeSpan.FromSeconds(5), () => client.IsOpen && B.Accepted.Count > 0);
        return (client, B.Accepted[^1]);
    }

    internal static byte[] RandomBytes(int length, ulong seed = 99)
    {
        var bytes = new byte[length];
        new Rng(seed).Fill(bytes);
        return bytes;
    }
}
