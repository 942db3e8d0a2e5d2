using Roj.Agreement;
using Roj.Agreement.Wire;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>What a disk does not give back is not what was never there: whoever can't read is silent.</summary>
public sealed class UnreadableTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Who_cannot_read_which_start_he_heard_of_confirms_none()
    {
        var all = Assembly.Born(3);
        var image = all.StoreOf(1).Copy();
        Restart(all, 1);
        all.Run(Second); // the others know of its second start
        all.StoreOf(2).IsUnreadable = all.StoreOf(3).IsUnreadable = true;
        all.Kill(Assembly.Id(1));
        all.StartFrom(Assembly.Id(1), image, boot: 1); // its second start, once more
        all.Run(5 * Second);
        Assert.False(all[1].IsVoting);
        all.StoreOf(2).IsUnreadable = false;
        all.Run(2 * Second);
        Assert.Contains(all.Events, one => one.Node == Assembly.Id(1) && one.Event is AgreementEvent.SetBack);
    }

    [Fact]
    public void Who_cannot_read_all_he_has_lists_nothing_and_another_is_asked()
    {
        var all = Assembly.Born(3);
        all.Ask(1, RegisterName.Of("kept"), new RegisterChange.Add(1));
        all.Start(Assembly.Id(4), expected: 0);
        all.StoreOf(1).IsUnlistable = true;
        all.RunUntil(() => all[2].Roster!.Next is not null, 30 * Second);
        Assert.Contains(Sent(all, 3 * Second), letter => letter.To == Assembly.Id(1) && letter.Message is AgreementMessage.List);
        all.RunUntil(() => all[4].Roster is { Next: null } roster && roster.Members.Contains(Assembly.Id(4)), 30 * Second);
        all.Kill(Assembly.Id(2));
        Assert.Equal(2UL, all.Ask(4, RegisterName.Of("kept"), new RegisterChange.Add(1)).Version);
    }

    [Fact]
    public void Who_cannot_forget_all_he_took_does_not_follow()
    {
        var all = Assembly.Born(3);
        all.Ask(1, RegisterName.Of("kept"), new RegisterChange.Add(1));
        all.StoreOf(3).IsUnlistable = true;
        all.Do(1, node => node.Evict(all.Now, Assembly.Id(3), all.Outbox));
        all.RunUntil(() => all[1].Roster is { Version: 3 } && all[2].Roster is { Version: 3 }, 30 * Second);
        all.Run(3 * Second);
        Assert.NotEqual(3UL, all[3].Roster!.Version);
        all.StoreOf(3).IsUnlistable = false;
        all.RunUntil(() => all[3].Roster!.Version >= 3, 30 * Second);
    }

    private static List<(Roj.Kernel.NodeId From, Roj.Kernel.NodeId To, AgreementMessage Message)> Sent(Assembly all, TimeSpan time)
    {
        List<(Roj.Kernel.NodeId, Roj.Kernel.NodeId, AgreementMessage)> sent = [];
        for (var until = all.Now + time; all.Now < until;)
        {
            sent.AddRange(all.Mail);
            all.Run(TimeSpan.FromMilliseconds(10));
        }

        return sent;
    }

    private static void Restart(Assembly all, int number)
    {
        all.Kill(Assembly.Id(number));
        all.Start(Assembly.Id(number), expected: 0);
    }
}
