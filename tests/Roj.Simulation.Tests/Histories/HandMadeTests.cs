using Roj.Simulation.Histories;
using Xunit;
using static Roj.Simulation.Histories.OperationKind;

namespace Roj.Simulation.Tests.Histories;

/// <summary>Each history has one thing about it; both checkers are asked, and the exhaustive one about values alone too.</summary>
public sealed class HandMadeTests
{
    [Fact]
    public void One_after_the_other_is_fine() =>
        Good(new Past().Read("a", 1, 2, 0, null).Write("a", "x", 3, 4, 1).Read("b", 5, 6, 1, "x").Write("b", "y", 7, 8, 2)
            .Read("a", 9, 10, 2, "y"));

    [Fact]
    public void A_read_beside_a_write_may_see_either() =>
        Good(new Past().Write("a", "x", 1, 2, 1).Write("a", "y", 3, 8, 2).Read("b", 4, 7, 1, "x").Read("c", 4, 7, 2, "y"));

    [Fact]
    public void Every_kind_does_what_it_says() =>
        Good(new Past()
            .Done("a", new Add(5), 1, 2, 1, "5")
            .Done("a", new Add(-7), 3, 4, 2, "-2")
            .Done("a", new Append("z"), 5, 6, 3, "-2z")
            .Refused("a", new Add(1), 7, 8, 3, "-2z")
            .Done("a", new CompareAndSet("-2z", "y"), 9, 10, 4, "y")
            .Refused("a", new CompareAndSet("x", "w"), 11, 12, 4, "y")
            .Done("a", new CompareVersionAndSet(4, "v"), 13, 14, 5, "v")
            .Refused("a", new CompareVersionAndSet(4, "u"), 15, 16, 5, "v")
            .Done("a", new Delete(), 17, 18, 6, null)
            .Read("a", 19, 20, 6, null)
            .Done("a", new Append("t"), 21, 22, 7, "t"));

    [Fact]
    public void A_stale_read() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Write("a", "y", 3, 4, 2).Read("b", 5, 6, 1, "x"),
            "b's read [5, 6] = 1:x went back behind a's write y");

    [Fact]
    public void A_read_that_sees_less_than_a_read_before() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Write("a", "y", 3, 10, 2).Read("b", 4, 5, 2, "y").Read("c", 6, 7, 1, "x"),
            "c's read [6, 7] = 1:x went back behind b's read");

    [Fact]
    public void A_lost_update() =>
        Bad(
            new Past().Done("a", new Add(1), 1, 4, 1, "1").Done("b", new Add(1), 2, 5, 1, "1").Read("c", 6, 7, 1, "1"),
            "made the same version");

    [Fact]
    public void A_lost_update_whose_version_was_not_told() =>
        Bad(
            new Past().Acknowledged("a", new Write("x"), 1, 2).Write("b", "y", 3, 4, 1).Read("b", 5, 6, 1, "y"),
            "a's write x [1, 2] = done was lost",
            valuesTell: false);

    [Fact]
    public void An_acknowledged_write_that_nobody_sees() =>
        Bad(new Past().Acknowledged("a", new Write("x"), 1, 2).Read("b", 3, 4, 0, null), "was lost");

    [Fact]
    public void Two_owners_of_a_version() =>
        Bad(
            new Past().Write("a", "x", 1, 4, 1).Write("b", "y", 2, 5, 1),
            "b's write y [2, 5] = 1:y and a's write x [1, 4] = 1:x made the same version",
            valuesTell: false);

    [Fact]
    public void Two_values_of_a_version() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Unknown("b", new Write("y"), 1).Read("c", 3, 4, 1, "y"),
            "differ about version 1",
            valuesTell: false);

    [Fact]
    public void A_value_that_was_never_written() =>
        Bad(
            new Past().Unknown("a", new Write("x"), 1).Read("b", 2, 3, 1, "ghost"),
            "nobody made version 1, of which b's read [2, 3] = 1:ghost tells");

    [Fact]
    public void A_version_that_nobody_can_have_made() =>
        Bad(new Past().Write("a", "x", 1, 2, 1).Read("b", 3, 4, 9, "x"), "only 1 changes can have been applied", valuesTell: false);

    [Fact]
    public void What_a_refused_change_would_have_written_is_seen() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Refused("b", new CompareAndSet("w", "y"), 3, 4, 1, "x")
                .Unknown("c", new Write("z"), 3).Read("c", 5, 6, 2, "y"),
            "b's set y if w [3, 4] refused at 1:x would have");

    [Fact]
    public void A_condition_that_was_met_is_refused() =>
        Bad(new Past().Write("a", "x", 1, 2, 1).Refused("b", new CompareAndSet("x", "y"), 3, 4, 1, "x"), "though its condition is met");

    [Fact]
    public void A_condition_that_was_not_met_is_applied() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Done("b", new CompareAndSet("w", "y"), 3, 4, 2, "y"),
            "does not follow from version 1, which was x");

    [Fact]
    public void An_unknown_write_may_take_effect_late() =>
        Good(new Past().Unknown("a", new Write("x"), 1).Read("b", 2, 3, 0, null).Write("b", "y", 4, 5, 1).Read("b", 6, 7, 2, "x"));

    [Fact]
    public void An_unknown_write_may_never_take_effect() =>
        Good(new Past().Unknown("a", new Write("x"), 1).Read("b", 2, 3, 0, null).Write("b", "y", 4, 5, 1).Read("b", 6, 7, 1, "y"));

    [Fact]
    public void An_unknown_write_takes_no_effect_before_it_began() =>
        Bad(new Past().Read("b", 2, 3, 1, "x").Unknown("a", new Write("x"), 4), "nobody made version 1: no acknowledged change did");

    [Fact]
    public void An_unknown_write_is_seen_and_then_gone() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Unknown("b", new Write("y"), 3).Read("a", 4, 5, 2, "y").Read("a", 6, 7, 1, "x"),
            "went back behind");

    [Fact]
    public void An_unknown_write_takes_effect_once() =>
        Bad(
            new Past().Unknown("a", new Write("x"), 1).Read("b", 2, 3, 1, "x").Write("b", "y", 4, 5, 2)
                .Unknown("c", new Write("w"), 1).Read("b", 6, 7, 3, "x"),
            "alone can have made version 1, and version 3");

    [Fact]
    public void Unknown_changes_own_versions_that_nobody_read() =>
        Good(new Past().Unknown("a", new Add(3), 1).Unknown("b", new Add(4), 1).Unknown("c", new Add(20), 1)
            .Done("d", new Add(100), 2, 3, 3, "107"));

    [Fact]
    public void No_choice_among_unknown_changes_gives_the_sum() =>
        Bad(
            new Past().Unknown("a", new Add(3), 1).Unknown("b", new Add(4), 1).Unknown("c", new Add(20), 1)
                .Done("d", new Add(100), 2, 3, 3, "108"),
            "however the versions are given out");

    [Fact]
    public void What_began_later_does_not_stand_in_for_a_version_that_nobody_read() =>
        Bad(
            new Past().Unknown("a", new Write("x"), 1).Unknown("c", new CompareAndSet("ghost", "z"), 1).Read("b", 2, 3, 2, "x")
                .Unknown("a", new Write("y"), 10),
            "no change of unknown version fits as version 1",
            valuesTell: false);

    [Fact]
    public void A_resurrected_deletion() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Done("a", new Delete(), 3, 4, 2, null).Read("b", 5, 6, 1, "x"),
            "went back behind a's delete");

    [Fact]
    public void A_deletion_that_came_back_as_a_new_version() =>
        Bad(
            new Past().Write("a", "x", 1, 2, 1).Done("a", new Delete(), 3, 4, 2, null).Read("b", 5, 6, 3, "x"),
            "only 2 changes can have been applied");

    [Fact]
    public void A_forgotten_register_is_judged_by_values()
    {
        var past = new Past().Write("a", "x", 1, 2, 1).Done("a", new Delete(), 3, 4, 2, null).Read("b", 5, 6, 0, null)
            .Write("b", "y", 7, 8, 1);
        Assert.IsType<Verdict.Violation>(Linearizability.Check(past.Operations));
        Assert.IsType<Verdict.Linearizable>(Linearizability.Check(past.Operations, versionsRestart: true));
        Assert.IsType<Verdict.Violation>(Linearizability.Check(past.Read("c", 9, 10, 1, "x").Operations, versionsRestart: true));
    }

    [Fact]
    public void Operations_that_touch_are_concurrent() =>
        Good(new Past().Write("a", "x", 1, 5, 2).Write("b", "y", 5, 9, 1));

    [Fact]
    public void Each_register_is_judged_by_itself()
    {
        var good = new Past().Write("a", "x", 1, 2, 1).Operations;
        var bad = new Past().Write("a", "x", 1, 2, 1).Read("b", 3, 4, 0, null)
            .Operations.Select(operation => operation with { Register = "s" });
        var verdict = Assert.IsType<Verdict.Violation>(VersionChecker.Check([.. good, .. bad]));
        Assert.StartsWith("s: ", verdict.Sentence, StringComparison.Ordinal);
        Assert.StartsWith(
            "s: ", Assert.IsType<Verdict.Violation>(ExhaustiveChecker.Check([.. good, .. bad])).Sentence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_that_takes_too_long_says_so()
    {
        var past = new Past();
        for (var i = 0; i < 12; i++)
            past.Unknown("a", new Add(1 << i), 1);
        past.Done("b", new Add(0), 2, 3, 7, "-1");
        Assert.IsType<Verdict.Unknown>(VersionChecker.Check(past.Operations, stepsMax: 1000));
        Assert.IsType<Verdict.Unknown>(ExhaustiveChecker.Check(past.Operations, stepsMax: 1000));
        Assert.IsType<Verdict.Violation>(ExhaustiveChecker.Check(past.Operations));
    }

    [Fact]
    public void A_history_that_cannot_be_is_the_callers_mistake()
    {
        Assert.Throws<ArgumentException>(() => VersionChecker.Check(new Past().Write("a", "x", 2, 1, 1).Operations));
        Assert.Throws<ArgumentException>(() => VersionChecker.Check([new("r", "a", new Read(), 1, 2, Outcome.Yes, Seen: null)]));
        Assert.Throws<ArgumentException>(() => ExhaustiveChecker.Check([new("r", "a", new Delete(), 1, null, Outcome.Yes, Seen: null)]));
    }

    [Fact]
    public void The_recorder_numbers_beginnings_and_ends()
    {
        var recorder = new HistoryRecorder();
        var write = recorder.Invoke("r", "a", new Write("x"));
        var lost = recorder.Invoke("r", "b", new Write("y"));
        recorder.Return(write, Outcome.Yes, new Seen(1, "x"));
        var timed = recorder.Invoke("r", "c", new Read(), at: 70);
        recorder.Return(timed, Outcome.Yes, new Seen(1, "x"), at: 90);
        Assert.Equal(
            ["a's write x [1, 3] = 1:x", "b's write y [2, …] = unknown", "c's read [70, 90] = 1:x"],
            recorder.Operations.Select(operation => operation.ToString()));
        Assert.Equal(1, lost);
        Assert.Throws<InvalidOperationException>(() => recorder.Return(write, Outcome.No, null));
    }

    private static void Good(Past past)
    {
        Assert.Equal(new Verdict.Linearizable(), VersionChecker.Check(past.Operations));
        Assert.Equal(new Verdict.Linearizable(), ExhaustiveChecker.Check(past.Operations, versions: true));
        Assert.Equal(new Verdict.Linearizable(), ExhaustiveChecker.Check(past.Operations));
    }

    /// <param name="past">What happened.</param>
    /// <param name="sentence">What the checker by versions says of it.</param>
    /// <param name="valuesTell">Whether the values alone give it away.</param>
    private static void Bad(Past past, string sentence, bool valuesTell = true)
    {
        Assert.Contains(
            sentence, Assert.IsType<Verdict.Violation>(VersionChecker.Check(past.Operations)).Sentence,
            StringComparison.Ordinal);
        Assert.IsType<Verdict.Violation>(ExhaustiveChecker.Check(past.Operations, versions: true));
        Assert.Equal(valuesTell, ExhaustiveChecker.Check(past.Operations) is Verdict.Violation);
    }
}
