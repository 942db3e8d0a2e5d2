using Roj.EndToEnd.Security;
using Xunit;

namespace Roj.EndToEnd.Agreement;

/// <summary>Five nodes agree under load while they are killed, stand still, and are cut off: nothing acknowledged is lost.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class KillingTests
{
    private static bool IsAll => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1";

    [Fact]
    public Task Nodes_that_are_killed_lose_nothing_that_was_acknowledged() =>
        new RegisterTrial("register-kills", HarmPlan.Killing).RunAsync(TimeSpan.FromSeconds(IsAll ? 600 : 30));

    [Fact]
    public Task Nodes_that_are_cut_off_lose_nothing_that_was_acknowledged() =>
        new RegisterTrial("register-cuts", HarmPlan.Splitting).RunAsync(TimeSpan.FromSeconds(IsAll ? 180 : 15));

    [Fact]
    public Task So_do_nodes_with_a_key() =>
        new RegisterTrial("register-key", HarmPlan.Killing) { Key = ClosedNodes.NewKey() }.RunAsync(TimeSpan.FromSeconds(IsAll ? 60 : 10));
}
