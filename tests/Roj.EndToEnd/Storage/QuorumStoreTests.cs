using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Storage;

/// <summary>What a majority remembers, with real nodes and the client that most .NET programs have: it is never wrong.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class QuorumStoreTests
{
    private static int Rounds => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1" ? 10 : 1;

    [Fact]
    public Task Every_key_has_one_history_whoever_dies_is_wiped_or_cut_off() => ClusterTrial.RunAllAsync(
        "quorum-store", [new QuorumStoreTrial("quorum-store-3", 3, Rounds), new QuorumStoreTrial("quorum-store-5", 5, Rounds)]);
}
