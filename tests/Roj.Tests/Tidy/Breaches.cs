using Xunit;

namespace Roj.Tests.Tidy;

/// <summary>How the checks of this folder speak: one sentence for each thing that is wrong, none when all is well.</summary>
internal static class Breaches
{
    /// <summary>Fails with every sentence, not only the first.</summary>
    public static void None(IEnumerable<string> breaches)
    {
        var all = breaches.ToList();
        if (all.Count != 0)
            Assert.Fail($"{all.Count} of the house's rules broken:\n{string.Join('\n', all)}");
    }

    /// <summary>This bad example gives exactly one sentence, which says <paramref name="words"/>.</summary>
    /// <remarks>Every check has some: one that can't fail guards nothing.</remarks>
    public static void One(IEnumerable<string> breaches, string words) =>
        Assert.Contains(words, Assert.Single(breaches), StringComparison.Ordinal);
}
