using System.Buffers.Binary;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Tokens;

/// <summary>Work whose every result follows from the one before: H(H(…)), as many times as it has got far. What is mixed up or made up
/// shows.</summary>
internal sealed class Work
{
    private readonly List<ulong> results = [StableHash.Start];

    /// <summary>The result at some progress.</summary>
    public byte[] At(ulong progress)
    {
        if (progress == 0)
            return [];
        while ((ulong)results.Count <= progress)
            results.Add(StableHash.Mix(results[^1], (ulong)results.Count));
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, results[(int)progress]);
        return bytes;
    }

    /// <summary>Fails if that is not the result.</summary>
    public void Require(ulong progress, ReadOnlySpan<byte> result, string where)
    {
        if (!result.SequenceEqual(At(progress)))
            throw new BrokenInvariantException($"{where} has another result than that of progress {progress}");
    }
}
