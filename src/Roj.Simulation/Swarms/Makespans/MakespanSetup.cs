using Roj.Files;
using Roj.Simulation.Network;

namespace Roj.Simulation.Swarms.Makespans;

/// <summary>One seeder and so many receivers that start cold together, on equal links, and nothing goes wrong: how fast?</summary>
public sealed record MakespanSetup
{
    /// <summary>The number that everything follows from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many nodes want the file.</summary>
    public required int Receivers { get; init; }

    /// <summary>The file's length.</summary>
    public required int FileBytes { get; init; }

    /// <summary>The length of a part.</summary>
    public required int PieceBytes { get; init; }

    /// <summary>What each machine can send, and can receive, in a second.</summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>The shortest way from one machine to another; the longest usual one is half as much again.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>What the two kernels hold of one direction of a stream together.</summary>
    public int WindowBytes { get; init; } = NetworkLimits.StreamWindowBytes;

    /// <summary>How many nodes beside them look like seeders and do harm, in the ways of <see cref="Manner"/> one after another.</summary>
    public int Harmful { get; init; }

    /// <summary>Whether the receivers may broadcast and sweep; else they know the seeder, and whom they are told of.</summary>
    public bool Finds { get; init; }

    /// <summary>Whether the receivers have the description; else they must get it from the swarm first.</summary>
    public bool AllDescribed { get; init; } = true;

    /// <summary>Virtual time after which the run is given up.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Changes to the swarm's settings that are to be tried; null for those of <c>roj sync</c>.</summary>
    public Func<SwarmSettings, SwarmSettings>? Tune { get; init; }

    /// <summary>No faster can it be: max(F/u, F/d, N·F/(u + Σu)), and a part must pass a binary tree of the nodes.</summary>
    /// <remarks>F/u · (1 + ⌈log2(N + 1)⌉ / M), with M parts, all links being equal.</remarks>
    public TimeSpan Bound
    {
        get
        {
            var pieces = Math.Max(1, (FileBytes + PieceBytes - 1) / PieceBytes);
            var depth = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Receivers); // ⌈log2(N + 1)⌉
            return FileBytes * (1.0 + ((double)depth / pieces)) / BytesPerSecond * TimeSpan.FromSeconds(1);
        }
    }
}
