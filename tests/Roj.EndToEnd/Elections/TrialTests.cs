using Roj.EndToEnd.Members;
using Roj.EndToEnd.Security;
using Xunit;

namespace Roj.EndToEnd.Elections;

/// <summary>What the seeds can't: leaders die, stand still, go and are cut off, in both elections and by both rights.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class TrialTests
{
    [Fact]
    public Task There_is_a_leader_again_whatever_happened_to_the_one_before_and_nobody_is_believed_who_lies() => ClusterTrial.RunAllAsync(
        "elections",
        [
            new KeyTrial("key-bully", Bully, ClosedNodes.NewKey()), new KeyTrial("key-ring", Ring, ClosedNodes.NewKey()),
            new BadWordsTrial("words-bully", Bully), new BadWordsTrial("words-ring", Ring),
            new DeathsTrial("deaths-bully", Bully), new StillnessTrial("stillness-bully", Bully, isQuorum: false),
            new DeathsTrial("deaths-ring", Ring), new StillnessTrial("stillness-ring", Ring, isQuorum: false),
            new DeathsTrial("deaths-bully-quorum", Quorum(Bully)),
                new StillnessTrial("stillness-bully-quorum", Quorum(Bully), isQuorum: true),
            new DeathsTrial("deaths-ring-quorum", Quorum(Ring)), new StillnessTrial("stillness-ring-quorum", Quorum(Ring), isQuorum: true),
        ]);

    [Fact]
    public Task Never_do_two_lead_by_majority_and_nobody_writes_after_his_successor() => ClusterTrial.RunAllAsync(
        "elections-fence", [new FenceTrial("fence-bully", "bully", Rounds), new FenceTrial("fence-ring", "ring", Rounds)]);

    private static int Rounds => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1" ? 50 : 5;

    private static string[] Bully => ["--election", "bully", "--election-wait", "3s"];

    private static string[] Ring => ["--election", "ring", "--election-wait", "3s"];

    private static string[] Quorum(string[] words) => [.. words, "--expect", "5", "--lease", "2s"];
}
