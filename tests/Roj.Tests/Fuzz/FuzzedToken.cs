using Roj.Tests.Election;
using Roj.Tests.Token;
using Roj.Token;
using Roj.Token.Wire;

namespace Roj.Tests.Fuzz;

/// <summary>A node that passes a token among three of whom nothing is to be believed: bytes decide what they say, and when.</summary>
internal sealed class FuzzedToken(byte[] decisions, bool isLeased)
{
    private readonly TokenLab lab = new(1, isLeased) { AreAllHonest = false };
    private int at;

    /// <summary>Runs until the decisions are used up; the lab looks on.</summary>
    public bool ToEnd()
    {
        lab.Meet(1, 2, 3, 4);
        while (at < decisions.Length)
        {
            Step();
            lab.Bag.Clear();
            lab.Asked.Clear();
        }

        return true;
    }

    private void Step()
    {
        switch (Next(isLeased ? 16 : 10))
        {
            case 0:
                lab.Pass(Next(4) == 0 ? 2 : 0.1);
                break;
            case 1:
                lab.PassOn(1);
                break;
            case 2:
                lab.Worked(1, lab[1].Own.Progress + (ulong)Next(3), under: Next(3) == 0 ? Stamp() : lab[1].Own);
                break;
            case 3:
                lab.Undelivered(1, 2 + Next(3), isSent: Next(2) == 0);
                break;
            case 4:
                lab.Meet(1, [.. Enumerable.Range(2, Next(4))]);
                break;
            case 10:
                lab.Granted(1, (ulong)Next(9), Next(2) == 0 ? default : Stamp());
                break;
            case 11:
                lab.Denied(1);
                break;
            case 12:
                lab.Lapsed(1, Next(2) == 0 ? lab[1].Own.Epoch : (ulong)Next(9));
                break;
            case 13:
                lab.Vacant(1);
                break;
            case 14:
                lab.Handed(1, Next(2) == 0);
                break;
            case 15:
                lab.TakenOver(1, Next(2) == 0);
                break;
            default:
                lab.Hear(1, 2 + Next(3), Message());
                break;
        }
    }

    private TokenMessage Message() => Next(10) switch
    {
        0 => new TokenMessage.Here(Stamp()),
        1 => new TokenMessage.Where(),
        2 => new TokenMessage.Recently(),
        3 => new TokenMessage.Generating(Stamp()),
        4 or 5 => new TokenMessage.Take(Stamp(), default),
        6 => new TokenMessage.Taken(Next(2) == 0 ? lab[1].Own : Stamp(), (uint)Next(3)),
        7 => new TokenMessage.Refused(Next(2) == 0 ? lab[1].Own : Stamp(), Stamp()),
        8 => new TokenMessage.Yours(Stamp(), TimeSpan.FromSeconds(Next(4))),
        _ => Next(2) == 0 ? new TokenMessage.Fetch(Stamp()) : new TokenMessage.Fetched(Stamp(), default),
    };

    private TokenStamp Stamp() => Next(12) switch
    {
        0 => default,
        1 => new(TokenStamp.NumberMax, TokenStamp.NumberMax, TokenStamp.NumberMax, Painted.Id(2), TokenStamp.NumberMax),
        2 => new(ulong.MaxValue, 1, 1, Painted.Id(2), 1),
        3 => lab[1].Own,
        4 => lab[1].Memory.Best,
        _ => new((ulong)Next(9), (ulong)Next(9), (ulong)Next(9), Painted.Id(1 + Next(4)), (ulong)Next(4)),
    };

    private int Next(int limit) => at < decisions.Length ? decisions[at++] % limit : 0;
}
