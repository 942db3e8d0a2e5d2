using System.Globalization;
using Roj.Kernel;
using Xunit.Sdk;

namespace Roj.Tests.Fuzz;

/// <summary>Feeds one codec with damaged inputs, each of which can be had again from the seed and its number.</summary>
/// <remarks>What is accepted joins the corpus, so that damage grows on damage. <c>ROJ_FUZZ_ITERATIONS</c> and <c>ROJ_FUZZ_SEED</c>
/// make a longer night, or the same one again.</remarks>
internal static class Fuzzing
{
    private const int CorpusMax = 512;

    // A codec may keep copies of what it was given, never more than a told length would make of it.
    private const long AllocatedPerByte = 64;
    private const long AllocatedAlways = 16 << 10;

    /// <summary>A codec under test.</summary>
    /// <returns>Whether it accepted the input. It throws when it accepted what it should not, or anything else is wrong.</returns>
    internal delegate bool Target(byte[] input);

    /// <summary>Runs <paramref name="target"/> on damaged inputs; <paramref name="corpus"/> holds right ones to begin with.</summary>
    internal static void Run(IReadOnlyList<byte[]> corpus, Target target, int iterations = 20_000)
    {
        iterations = (int)Setting("ROJ_FUZZ_ITERATIONS", (ulong)iterations);
        var seed = Setting("ROJ_FUZZ_SEED", 1);
        var rng = new Rng(seed);
        var mutator = new Mutator(rng);
        var inputs = new List<byte[]>(corpus);
        foreach (var input in corpus)
        {
            if (!Try(target, input, "the corpus"))
                throw new XunitException($"refused what is right: {Convert.ToHexString(input)}");
        }

        for (var i = 0; i < iterations; i++)
        {
            var input = mutator.Next(inputs);
            if (!Try(target, input, $"seed {seed}, input {i}"))
                continue;
            if (inputs.Count < CorpusMax)
                inputs.Add(input);
            else
                inputs[rng.Next(corpus.Count, CorpusMax)] = input;
        }
    }

    /// <summary>Fails if the bytes that <paramref name="read"/> allocates don't follow from the input it was given.</summary>
    internal static bool Bounded(byte[] input, Target read)
    {
        var (accepted, allocated) = Measured();
        // What the runtime made once, a table or the text of an error, does not come of the input: it does not come again.
        if (IsTooMuch(allocated))
            (accepted, allocated) = Measured();
        if (IsTooMuch(allocated))
            throw new XunitException($"allocated {allocated} bytes for an input of {input.Length}");
        return accepted;

        bool IsTooMuch(long bytes) => bytes > AllocatedAlways + (AllocatedPerByte * input.Length);

        (bool Accepted, long Bytes) Measured()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            return (read(input), GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static bool Try(Target target, byte[] input, string which)
    {
        try
        {
            return target(input);
        }
        catch (Exception exception)
        {
            throw new XunitException($"{which}: {Convert.ToHexString(input)}", exception);
        }
    }

    private static ulong Setting(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
