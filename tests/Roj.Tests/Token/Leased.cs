using Roj.Tests.Election;
using Roj.Token;

namespace Roj.Tests.Token;

/// <summary>What tests of quorum mode begin with: node 1 of three.</summary>
internal static class Leased
{
    public static TokenStamp Stamp(ulong epoch, ulong progress = 0) => new(epoch, 1, progress, Painted.Id(2), 1);

    public static TokenLab Waiting()
    {
        var lab = new TokenLab(1, isLeased: true);
        lab.Meet(1, 2, 3);
        return lab;
    }

    public static TokenLab Owning(ulong epoch)
    {
        var lab = Waiting();
        lab.Vacant(1);
        lab.Granted(1, epoch);
        lab.Pass(1);
        lab.Asked.Clear();
        lab.Pass(0.4);
        return lab;
    }
}
