using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Tokens;

/// <summary>Whose turn it is, with real nodes: the work outlives its machines, and two rings become one.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class TrialTests
{
    private static bool IsAll => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1";

    [Fact]
    public Task Pi_is_right_to_the_last_digit_whoever_dies_meanwhile_and_two_rings_that_meet_have_one_token() => ClusterTrial.RunAllAsync(
        "tokens",
        [
            new RelayTrial("relay-3", 3, []), new RelayTrial("relay-5", 5, []), new JoinTrial("join"),
            .. IsAll ? [new RelayTrial("relay-10", 10, []), new RelayTrial("relay-5-quorum", 5, ["--expect", "5"])] : (ClusterTrial[])[],
        ]);

    [Fact]
    public Task By_majority_no_two_work_at_a_time_and_whoever_comes_too_late_is_refused() => ClusterTrial.RunAllAsync(
        "tokens-lease",
        IsAll
            ? [new LeaseTrial("lease", 50, 50, default), new LeaseTrial("lease-minute", 1, 0, TimeSpan.FromSeconds(60))]
            : [new LeaseTrial("lease", 5, 5, default)]);
}
