using Xunit;

namespace Roj.EndToEnd;

/// <summary>The seven scenarios, with the published program and a random seed each time.</summary>
[Trait(LanePlan.Trait, LanePlan.First)]
public class ScenarioTests
{
    public static TheoryData<string> Names => [.. ScenarioCatalog.Chosen().Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Every_node_gets_the_file(string scenario) =>
        ScenarioRunner.RunAsync(ScenarioCatalog.Find(scenario), Seed.FromEnvironmentOrRandom());
}
