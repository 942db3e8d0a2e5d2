using Xunit;

namespace Roj.EndToEnd.Pushes;

/// <summary>A file rolled out in stages, over twelve nodes with a key.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class PushTests
{
    [Fact]
    public Task A_push_goes_on_without_its_leader_and_a_command_that_fails_calls_it_back() => PushTrial.RunAsync("push-available", []);

    [Fact]
    public Task By_majority_as_well() => PushTrial.RunAsync("push-quorum", ["--expect", "5", "--lease", "2s"]);
}
