using System.Text;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>The version at which there is nothing, which is the slot's floor's, and what was under way when that rose: whoever was told of
/// nothing is not told afterwards of something that was before.</summary>
public sealed class FloorTests
{
    private const ulong Floor = 4;

    private static readonly RegisterName Other = RegisterName.Of("other");
    private static readonly RegisterName Name = RegisterName.Of("name");
    private static readonly NodeId Stranger = Assembly.Id(9);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Ballot Before = new(1, Stranger, 1);
    private static readonly Ballot After = new(1000, Stranger, 1);

    [Theory]
    [InlineData(Floor - 1, false)]
    [InlineData(Floor, false)]
    [InlineData(Floor + 1, true)]
    public void What_was_made_from_below_is_refused_where_there_is_nothing(ulong version, bool isTaken)
    {
        var all = Assembly.Born(3);
        Say(all, 1, new AgreementMessage.Prepare(0, 1, Name, After)); // promised while there was no floor yet
        Raise(all);
        Assert.Equal(Floor, all.Ask(1, Name, null).Version);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, After, Written(version), Ballot.None));
        Assert.Equal(isTaken, Answer(all) is AgreementMessage.Accepted);
        Assert.Equal(!isTaken, Answer(all) is AgreementMessage.Refused { Floor: Floor } refused && refused.Promised == After);
    }

    [Theory]
    [InlineData(Floor - 1, false)]
    [InlineData(Floor, true)]
    public void Nothing_may_be_at_the_floor_itself(ulong version, bool isTaken)
    {
        var all = Assembly.Born(3);
        Raise(all);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, After, Content.Empty with { Version = version }, Ballot.None));
        Assert.Equal(isTaken, Answer(all) is AgreementMessage.Accepted);
    }

    [Fact]
    public void What_was_chosen_is_taken_below_too()
    {
        var all = Assembly.Born(3);
        Raise(all);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, After, Written(1), Ballot.None, IsKnown: true));
        Assert.IsType<AgreementMessage.Accepted>(Answer(all));
    }

    [Fact]
    public void What_stands_below_is_changed_as_ever_and_does_not_go_back()
    {
        var all = Assembly.Born(3);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, Before, Written(2), Ballot.None));
        Raise(all);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, After, Written(3), Ballot.None));
        Assert.IsType<AgreementMessage.Accepted>(Answer(all));
        var next = After with { Counter = 1001 };
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, next, Written(2), Ballot.None));
        Assert.Equal(Floor, Assert.IsType<AgreementMessage.Refused>(Answer(all)).Floor);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, next, Written(Floor + 1), Ballot.None));
        next = next with { Counter = 1002 };
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, next, Content.Empty with { Version = Floor }, Ballot.None));
        Assert.IsType<AgreementMessage.Accepted>(Answer(all)); // of nothing at the floor anybody may have been told
    }

    [Fact]
    public void What_one_alone_had_taken_comes_after_the_nothing_that_was_told()
    {
        var all = Assembly.Born(3);
        Say(all, 2, new AgreementMessage.Accept(0, 1, Name, Before, Written(1), Ballot.None));
        Raise(all);
        all.Mail.Clear();
        all.CutOff.Add(Assembly.Id(2));
        all.TellWhoIsHere();
        var none = all.Ask(1, Name, null);
        Assert.Equal((Floor, null), (none.Version, none.Content!.Data));
        all.CutOff.Clear();
        all.Kill(Assembly.Id(3));
        var outcome = all.Ask(2, Name, null);
        Assert.Equal((Floor + 1, "x"), (outcome.Version, Encoding.ASCII.GetString(outcome.Content!.Data!.Value.Span)));
        Assert.Equal(Floor + 2, all.Ask(1, Name, new RegisterChange.Append("y"u8.ToArray())).Version);
    }

    [Fact]
    public void What_most_have_keeps_its_version_where_one_has_missed_it()
    {
        var all = Assembly.Born(3);
        all.CutOff.Add(Assembly.Id(3));
        all.TellWhoIsHere();
        Assert.Equal(1UL, all.Ask(1, Name, new RegisterChange.Add(1)).Version);
        all.CutOff.Clear();
        all.TellWhoIsHere();
        Raise(all); // by all, the third too, who lacks the other yet
        Assert.Equal(2UL, all.Ask(2, Name, new RegisterChange.Add(1)).Version);
        all.Run(Second);
        all.Kill(Assembly.Id(1));
        var outcome = all.Ask(3, Name, null);
        Assert.Equal((Applied.Yes, 2UL), (outcome.Applied, outcome.Version));
    }

    [Fact]
    public void What_one_has_made_of_what_most_have_keeps_its_version()
    {
        var all = Assembly.Born(3);
        all.CutOff.Add(Assembly.Id(3));
        all.TellWhoIsHere();
        Assert.Equal(1UL, all.Ask(1, Name, new RegisterChange.Add(1)).Version);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, new Ballot(500, Stranger, 1), Written(2), Ballot.None));
        all.CutOff.Clear();
        all.TellWhoIsHere();
        Raise(all);
        var outcome = all.Ask(1, Name, new RegisterChange.Append("y"u8.ToArray()));
        Assert.Equal((Applied.Yes, 3UL), (outcome.Applied, outcome.Version));
    }

    [Fact]
    public void Nothing_at_the_floor_is_not_followed_by_something_there()
    {
        var all = Assembly.Born(3);
        Raise(all);
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, After, Content.Empty with { Version = Floor }, Ballot.None));
        Assert.IsType<AgreementMessage.Accepted>(Answer(all));
        Say(all, 1, new AgreementMessage.Accept(0, 1, Name, After with { Counter = 1001 }, Written(Floor), Ballot.None));
        Assert.Equal(Floor, Assert.IsType<AgreementMessage.Refused>(Answer(all)).Floor);
    }

    [Fact]
    public void Where_all_refuse_it_for_the_floor_it_is_made_above_and_known_to_be_made_once()
    {
        var all = Assembly.Born(3);
        var id = default(ChangeId);
        all.Do(1, node => id = node.Ask(all.Now, 0, Name, new RegisterChange.Add(1), all.Outbox));
        all.DeliverAll(letter => letter.Message is AgreementMessage.Prepare or AgreementMessage.Promise);
        Assert.Equal(3, all.Mail.Count(letter => letter.Message is AgreementMessage.Accept));
        for (var number = 1; number <= 3; number++)
            RaiseAt(all, number);
        all.DeliverAll(_ => true);
        var outcome = all.OutcomeOf(id)!;
        Assert.Equal((Applied.Yes, true), (outcome.Applied, outcome.Version > Floor));
        Assert.Equal("1", Encoding.ASCII.GetString(all.Ask(2, Name, null).Content!.Data!.Value.Span));
    }

    [Fact]
    public void Where_one_refuses_it_for_the_floor_the_others_are_enough()
    {
        var all = Assembly.Born(3);
        var id = default(ChangeId);
        all.Do(1, node => id = node.Ask(all.Now, 0, Name, new RegisterChange.Add(1), all.Outbox));
        all.DeliverAll(letter => letter.Message is AgreementMessage.Prepare or AgreementMessage.Promise);
        RaiseAt(all, 3);
        all.DeliverAll(letter => letter.To == Assembly.Id(3) || letter.From == Assembly.Id(3)); // refused first
        all.DeliverAll(_ => true);
        Assert.Equal((Applied.Yes, 1UL), (all.OutcomeOf(id)!.Applied, all.OutcomeOf(id)!.Version));
    }

    [Fact]
    public void A_deletion_that_was_given_up_is_not_buried()
    {
        var all = Assembly.Born(3);
        all.Do(1, node => node.Ask(all.Now, 0, Name, new RegisterChange.Delete(), all.Outbox));
        all.DeliverAll(letter => letter.Message is AgreementMessage.Prepare or AgreementMessage.Promise
            || (letter.Message is AgreementMessage.Accept && letter.To == Assembly.Id(1)));
        for (var i = 0; i < 600; i++)
        {
            all.Mail.Clear();
            all.Pass(Second / 10);
            Assert.DoesNotContain(
                all.Mail, letter => letter.Message is AgreementMessage.Accept { Name: var name, IsKnown: true } && name == Name);
        }
    }

    // One swears, as when another's deletion is to be forgotten by all.
    private static void RaiseAt(Assembly all, int number)
    {
        var nothing = Content.Empty with { Version = Floor };
        Say(all, number, new AgreementMessage.Accept(0, 1, Other, Before, nothing, Ballot.None, IsKnown: true));
        Say(all, number, new AgreementMessage.Raise(0, 1, Other, Before));
        Assert.IsType<AgreementMessage.Raised>(Answer(all));
    }

    // Another register comes to a version, is deleted by it, and forgotten.
    private static void Raise(Assembly all)
    {
        for (var i = 1UL; i < Floor; i++)
            all.Ask(1, Other, new RegisterChange.Add(1));
        Assert.Equal(Floor, all.Ask(1, Other, new RegisterChange.Delete()).Version);
        all.Run(Second);
    }

    private static Content Written(ulong version) =>
        new(version, "x"u8.ToArray(), null, [], [new ChangeId(Stranger, 1, 1)]);

    private static void Say(Assembly all, int number, AgreementMessage message)
    {
        all.Mail.Add((Stranger, Assembly.Id(number), message));
        all.Deliver(all.Mail.Count - 1);
    }

    private static AgreementMessage Answer(Assembly all) => all.Mail.Last(letter => letter.To == Stranger).Message;
}
