using Roj.Election;
using Roj.Election.Pushes;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election.Pushes;

/// <summary>What is decided of a push, by what its nodes say.</summary>
public class PushPlanTests
{
    private static readonly PushPlan plan = new()
    {
        Id = Node(100),
        Name = "app",
        File = new string('a', 40),
        Into = "app",
        Stages = [new PushStage(Colour.Green, [Node(1), Node(2), Node(3), Node(4)]), new PushStage(Colour.Red, [Node(5), Node(6)])],
        PercentMin = 75,
        Term = new Term(3, Node(1)),
        Version = 7,
    };

    [Theory]
    [InlineData(95, 4)]
    [InlineData(75, 3)]
    [InlineData(51, 3)]
    [InlineData(50, 2)]
    [InlineData(1, 1)]
    [InlineData(100, 4)]
    public void The_share_is_rounded_up(int percent, int needed) => Assert.Equal(needed, (plan with { PercentMin = percent }).Needed);

    [Fact]
    public void It_goes_on_as_soon_as_enough_have_succeeded()
    {
        Assert.Same(plan, plan.Judged(States("done done running waiting")));
        var next = plan.Judged(States("done done running done"));
        Assert.Equal((1, PushVerdict.Going, 8ul), (next.Stage, next.Verdict, next.Version));
        Assert.Equal(PushVerdict.Done, (next with { PercentMin = 50 }).Judged(States("done done running done done waiting")).Verdict);
    }

    [Fact]
    public void It_goes_back_as_soon_as_enough_cannot_succeed_any_more()
    {
        Assert.Same(plan, plan.Judged(States("failed done running waiting"))); // three may still
        var back = plan.Judged(States("failed gone running waiting"));
        Assert.Equal((PushVerdict.GoingBack, "2 of 4 green nodes did not succeed, and 3 must"), (back.Verdict, back.Why));
        Assert.Same(back, back.Judged(States("failed gone running back")));
        Assert.Equal(PushVerdict.Back, back.Judged(States("failed gone back back")).Verdict);
    }

    [Fact]
    public void Those_whose_turn_it_was_go_back_and_nobody_else_does_anything()
    {
        Assert.Equal((PushTask.Forward, PushTask.None, PushTask.None), (plan.TaskOf(Node(1)), plan.TaskOf(Node(5)), plan.TaskOf(Node(9))));
        var later = plan with { Stage = 1 };
        Assert.Equal((PushTask.Forward, PushTask.Forward), (later.TaskOf(Node(1)), later.TaskOf(Node(5))));
        var back = plan.Undone("so");
        Assert.Equal((PushTask.Back, PushTask.None), (back.TaskOf(Node(1)), back.TaskOf(Node(5))));
        Assert.Equal((PushTask.Back, PushTask.Back), (later.Undone("so").TaskOf(Node(1)), later.Undone("so").TaskOf(Node(5))));
    }

    [Fact]
    public void What_is_over_is_decided_no_more()
    {
        var done = plan with { Verdict = PushVerdict.Done, Stage = 1 };
        Assert.Same(done, done.Judged(States("failed failed failed failed failed failed")));
        var back = plan with { Verdict = PushVerdict.Back };
        Assert.Same(back, back.Judged(States("done done done done")));
    }

    [Fact]
    public void The_later_leadership_goes_before_the_later_version()
    {
        var taken = plan.Under(new Term(4, Node(2)));
        Assert.True(taken.IsAfter(plan));
        Assert.False((plan with { Version = 99 }).IsAfter(taken));
        Assert.True((plan with { Version = 8 }).IsAfter(plan));
        Assert.False(plan.IsAfter(plan));
        Assert.True(plan.IsAfter(null));
    }

    private static NodeId Node(int number) => new((UInt128)number);

    private static Func<NodeId, PushState> States(string words)
    {
        PushState[] states = [.. words.Split(' ').Select(word => Enum.Parse<PushState>(word, ignoreCase: true))];
        return node => (int)node.Value - 1 is var at && at < states.Length ? states[at] : PushState.Waiting;
    }
}
