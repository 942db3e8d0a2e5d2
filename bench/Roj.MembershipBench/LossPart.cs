using Roj.EndToEnd;
using Roj.EndToEnd.Members;

namespace Roj.MembershipBench;

/// <summary>A network that loses frames, and hosts that stand still for a while.</summary>
internal static class LossPart
{
    private const double LossPercent = 5;
    private const ulong OneSeed = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    /// <summary>Measures Roj, and serf after it, with the same pauses.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Options options, bool withSerf)
    {
        var roj = await TryAsync(Subject.Roj, options).ConfigureAwait(false);
        var serf = withSerf ? await Table.OrNothingAsync(() => TryAsync(Subject.Serf, options)).ConfigureAwait(false) : null;
        Figure Of(string what, string unit, Func<PauseTrial, double> value, double? limit = null) =>
            new(what, unit, value(roj), limit) { Serf = serf is null ? null : value(serf) };
        return
        [
            Of(
                $"{options.Nodes} hosts, {options.Loss.TotalSeconds:F0} s of {LossPercent} % loss: pauses of 5-15 s",
                "",
                trial => trial.Returns.Count),
            Of("running hosts declared dead", "times", trial => trial.Wrongs.Count, 0),
            Of("paused hosts declared dead", "times", trial => trial.Deaths),
            Of("alive to all after waking, median", "s", trial => Rank.Of(trial.Returns, 50)),
            Of("alive to all after waking, the longest", "s", trial => Rank.Of(trial.Returns, 100), Limits.Back),
        ];
    }

    private static async Task<PauseTrial> TryAsync(Subject subject, Options options)
    {
        PauseTrial? trial = null;
        await Lab.RunAsync(options.Nodes, $"membership-loss-{subject.Name}", async lab =>
        {
            Agent[] agents = [.. lab.Hosts.Select(subject.On)];
            await Meeting.StartAsync(agents, Limit).ConfigureAwait(false);
            trial = new PauseTrial(lab, agents, OneSeed) { Tell = line => Table.Tell($"{subject.Name,-5}{line}") };
            await trial.RunAsync(options.Loss, LossPercent, PauseMin, PauseMax).ConfigureAwait(false);
            Table.Tell($"{subject.Name,-5}{agents.Length,4} hosts: {trial.Returns.Count} pauses, {trial.Wrongs.Count} wrongly dead");
            foreach (var wrong in trial.Wrongs)
                Table.Tell($"     {wrong}");
        }).ConfigureAwait(false);
        return trial!;
    }
}
