using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Storage;

/// <summary>What we remember, with real nodes: nothing that was acknowledged is lost.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class StoreTrialTests
{
    [Fact]
    public Task Nothing_acknowledged_is_lost_whoever_dies_is_wiped_or_cut_off() => ClusterTrial.RunAllAsync(
        "store", [new StoreTrial("store-3", 3), new StoreTrial("store-5", 5)]);
}
