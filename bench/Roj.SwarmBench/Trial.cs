namespace Roj.SwarmBench;

/// <summary>What is to be done: a file of some size, to so many receivers, over such links.</summary>
/// <param name="Part">a (unshaped) or b (shaped).</param>
/// <param name="Receivers">How many receivers.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="BitsPerSecond">Every host's rate, each way; null for as fast as the machine can.</param>
internal sealed record Trial(char Part, int Receivers, int Bytes, long? BitsPerSecond)
{
    /// <summary>The size of a piece, for all that have pieces.</summary>
    public const int PieceBytes = 256 * 1024;

    // Ethernet, IPv4 and TCP with timestamps: 1,448 of 1,514 bytes on a link are the program's.
    private const double Goodput = 1448.0 / 1514;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>How many pieces the file has.</summary>
    public int Pieces => (Bytes + PieceBytes - 1) / PieceBytes;

    /// <summary>
    /// The least time that it can take over shaped links: the seeder sends every byte once, and the last piece then still needs one hop
    /// for every doubling of those who have it.
    /// </summary>
    public TimeSpan? Ideal => BitsPerSecond is { } rate
        ? TimeSpan.FromSeconds(Bytes * 8.0 / rate / Goodput * (1 + (Math.Ceiling(Math.Log2(Receivers + 1)) / Pieces)))
        : null;

    /// <summary>When a run is given up. A fan-out sends the file over one link as often as there are receivers.</summary>
    public TimeSpan Limit => BitsPerSecond is { } rate ? Patience + TimeSpan.FromSeconds(Bytes * 8.0 / rate * Receivers * 1.5) : Patience;

    /// <summary>The trials that were asked for.</summary>
    public static IEnumerable<Trial> Of(Options options)
    {
        const int MiB = 1024 * 1024;
        var scale = options.IsQuick ? 4 : 1;
        if (options.Parts.Contains('a', StringComparison.Ordinal))
        {
            foreach (var receivers in options.Receivers ?? [1, 4, 8])
                yield return new Trial('a', receivers, 256 * MiB / scale, null);
        }

        if (options.Parts.Contains('b', StringComparison.Ordinal))
        {
            foreach (var receivers in options.Receivers ?? [8, 16])
                yield return new Trial('b', receivers, 64 * MiB / scale, 100_000_000);
        }
    }
}
