using Roj.Host.Sharing;
using Xunit;

namespace Roj.Tests.Host.Sharing;

public sealed class SocketBudgetTests
{
    [Fact]
    public void The_last_quarter_is_for_who_calls_and_then_there_is_no_room()
    {
        var options = new FileServiceOptions { Listen = default, DataPath = "" };
        var budget = new SocketBudget(options.SocketsMax, options.DialledMax);
        budget.Change(191);
        Assert.Equal((true, true), (budget.HasRoomToDial, budget.HasRoom));
        budget.Change(1);
        Assert.Equal((false, true), (budget.HasRoomToDial, budget.HasRoom));
        budget.Change(63);
        Assert.Equal((false, true), (budget.HasRoomToDial, budget.HasRoom));
        budget.Change(1);
        Assert.Equal((false, false), (budget.HasRoomToDial, budget.HasRoom));
        budget.Change(-65);
        Assert.Equal((true, true), (budget.HasRoomToDial, budget.HasRoom));
    }
}
