using Roj.Election.Pushes;

namespace Roj.Host.Pushes;

/// <summary>What is said of how far a node is, in one word.</summary>
internal static class PushWords
{
    public static string Of(PushState state) => state.ToString().ToLowerInvariant();

    public static PushState? StateOf(string? word) =>
        Enum.GetValues<PushState>().Where(state => Of(state) == word).Select(state => (PushState?)state).FirstOrDefault();
}
