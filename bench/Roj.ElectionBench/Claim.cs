using System.Globalization;
using Roj.EndToEnd;

namespace Roj.ElectionBench;

/// <summary>Something that is claimed of Roj in one situation.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Value">The figure; null if it can't be judged, since a round failed, or there was none.</param>
/// <param name="Most">What it is at most.</param>
internal sealed record Claim(string What, double? Value, double Most)
{
    private const int HandOverMilliseconds = 200;

    /// <summary>Whether it is so; what can't be judged is not.</summary>
    public bool IsKept => Value <= Most;

    /// <summary>What is claimed of this situation.</summary>
    public static IEnumerable<Claim> Of(Situation situation, IReadOnlyCollection<Outcome> outcomes, int signal)
    {
        var roj = Whole(situation, outcomes, Subjects.Roj);
        if (signal != Native.SigKill)
        {
            yield return new Claim(
                $"{situation}: roj's longest hand-over, ms", roj?.Milliseconds(round => round.Led, 100), HandOverMilliseconds);
            yield break;
        }

        var etcd = Whole(situation, outcomes, Subjects.Etcd);
        foreach (var percent in new[] { 50, 99 })
        {
            var head = string.Create(CultureInfo.InvariantCulture, $"{situation}: p{percent} over etcd's,");
            var scale = etcd?.Milliseconds(round => round.Changed, percent);
            yield return new Claim($"{head} roj's leader acts", roj?.Milliseconds(round => round.Led, percent) / scale, 1);
            yield return new Claim($"{head} roj makes a change", roj?.Milliseconds(round => round.Changed, percent) / scale, 1);
        }
    }

    // With a round that failed it is not known how long that one would have taken.
    private static Outcome? Whole(Situation situation, IReadOnlyCollection<Outcome> outcomes, string subject) =>
        outcomes.FirstOrDefault(outcome => outcome.Situation == situation && outcome.Subject == subject && outcome.Failures.Count == 0);
}
