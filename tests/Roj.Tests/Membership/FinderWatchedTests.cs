using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership;

/// <summary>Who is watched by somebody else is not asked; who is not any more is asked again, if it ever was.</summary>
public sealed class FinderWatchedTests
{
    [Fact]
    public void One_that_only_ever_spoke_for_itself_and_was_a_member_since_is_asked_when_it_is_gone()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Ask, 2, yourBoot: 0));
        Assert.Single(finding.TakeSends()); // the answer
        finding.Finder.Watched(finding.Now, Finding.At(2), isWatched: true, finding.Outbox);
        Assert.Null(finding.Finder.Deadline);
        finding.Finder.Watched(finding.Now, Finding.At(2), isWatched: false, finding.Outbox);
        Assert.Single(finding.TakeSends());
        finding.RunUntil(120);
        finding.TakeSends();
        Assert.Null(finding.Finder.Deadline); // it never answered, and is forgotten
    }

    [Fact]
    public void One_that_heard_us_is_asked_again_at_once_when_it_is_gone()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Answer, 2));
        finding.Finder.Watched(finding.Now, Finding.At(2), isWatched: true, finding.Outbox);
        finding.RunUntil(61);
        Assert.Empty(finding.TakeSends());
        finding.Finder.Watched(finding.Now, Finding.At(2), isWatched: false, finding.Outbox);
        Assert.Single(finding.TakeSends());
    }
}
