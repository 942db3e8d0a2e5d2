using Roj.Kernel;

namespace Roj.EndToEnd.Interop;

/// <summary>A program that speaks BitTorrent, and Roj: two hosts, encryption off.</summary>
public abstract class ForeignProgramTests
{
    /// <summary>How long anything may take: Transmission does most things only every ten seconds.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>The shapes of a file that programs treat each in its own way.</summary>
    private static readonly (int Bytes, int PartBytes)[] Shapes =
    [
        ((100 * 16 * 1024) + 1, 16 * 1024), // the last piece is one byte
        (4 << 20, 1 << 20), // no rest, and many blocks to a piece
        ((3 << 20) + 100_000, 256 * 1024), // the last piece ends within a block
    ];

    /// <summary>The program on <paramref name="host"/>.</summary>
    private protected abstract Member Create(LabHost host, Outfit outfit);

    /// <summary>Runs a test in two hosts.</summary>
    private protected Task RunAsync(string name, Func<IReadOnlyList<LabHost>, Torrent, Task> use) => RunAsync(name, Shapes[^1], use);

    /// <summary>Runs a test with each shape of a file, all at the same time.</summary>
    private protected Task ForEachShapeAsync(string name, Func<IReadOnlyList<LabHost>, Torrent, Task> use) =>
        Task.WhenAll(Shapes.Select(shape => RunAsync($"{name}-{shape.PartBytes >> 10}k", shape, use)));

    private Task RunAsync(string name, (int Bytes, int PartBytes) shape, Func<IReadOnlyList<LabHost>, Torrent, Task> use)
    {
        var torrent = new Torrent(SharedFile.Random(shape.Bytes, shape.PartBytes, new Rng((ulong)shape.Bytes)));
        return SharedLab.RunAsync(2, $"{GetType().Name}-{name}", hosts => use(hosts, torrent));
    }
}
