using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Swarms.Makespans;

/// <summary>Who gave which block to whom, and when.</summary>
internal sealed class DeliveryLog(InfoDictionary info, int machines)
{
    // Blocks may be of different sizes, but all begin and end at a multiple of this, or at the end of their piece.
    private const int Unit = 1024;

    private readonly List<Delivery> deliveries = [];
    private readonly bool[][] seen = [.. Enumerable.Range(0, machines).Select(_ => new bool[((int)info.Length / Unit) + 1])];
    private readonly Instant?[] complete = new Instant?[machines];

    /// <summary>All blocks that came, in order.</summary>
    public IReadOnlyList<Delivery> Deliveries => deliveries;

    /// <summary>When a machine's file was right; null if it is not.</summary>
    public Instant? CompleteAt(int machine) => complete[machine];

    /// <summary>A block came.</summary>
    public void Came(Instant begun, Instant ended, int from, int to, Block block)
    {
        var first = (int)(info.Offset(block.Piece) + block.Begin);
        var repeated = 0;
        for (var at = first; at < first + block.Length; at += Unit)
        {
            if (seen[to][at / Unit])
                repeated += Math.Min(Unit, first + block.Length - at);
            seen[to][at / Unit] = true;
        }

        deliveries.Add(new Delivery(begun, ended, from, to, block, repeated));
    }

    /// <summary>A node believes that its file is right.</summary>
    public void Completed(int machine, Instant at) => complete[machine] ??= at;
}
