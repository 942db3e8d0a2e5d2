using Xunit;

namespace Roj.EndToEnd;

/// <summary>Which class runs when, and what its process is told.</summary>
public class LanePlanTests
{
    [Fact]
    public void Long_ones_begin_and_who_measures_is_alone()
    {
        var plan = LanePlan.Of("""
            [
              {"Class": "A.B", "Method": "One"}, {"Class": "A.B", "Method": "Two", "Traits": {}},
              {"Class": "A.Measures", "Traits": {"Lane": ["alone"]}},
              {"Class": "A.Short", "Traits": {"Other": ["first"]}},
              {"Class": "Z.Long", "Traits": {"Lane": ["first"]}}, {"Class": "Z.Long", "Traits": {"Lane": ["first"]}}
            ]
            """);
        Assert.Equal(["Z.Long", "A.B", "A.Short"], plan.Together);
        Assert.Equal(["A.Measures"], plan.Alone);
    }

    [Fact]
    public void A_class_is_chosen_instead_of_classes() => Assert.Equal(
        ["-noLogo", "-method", "*kill*", "-class", "Roj.A"],
        LanePlan.Arguments(["-class", "Roj.*", "-noLogo", "-namespace-", "Roj.B", "-method", "*kill*", "-class-", "Roj.C"], "Roj.A"));

    [Fact]
    public void The_lanes_of_this_program_are_known_ones()
    {
        var said = typeof(LanePlan).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(TraitAttribute), inherit: false).Cast<TraitAttribute>())
            .Where(trait => trait.Name == LanePlan.Trait).Select(trait => trait.Value).Distinct().Order();
        Assert.Equal([LanePlan.ByItself, LanePlan.First], said);
    }
}
