using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;

namespace Roj.Host.Tokens;

/// <summary>The tokens that are on their way from a node to another, with all their data; and which of them are not wanted there any
/// more.</summary>
internal sealed class TokensOnTheirWay
{
    private readonly SortedDictionary<string, (NodeId To, TokenStamp Stamp)> given = new(StringComparer.Ordinal);

    /// <summary>Something was said to a node about a token.</summary>
    public void Said(string name, NodeId to, TokenMessage message)
    {
        if (message is TokenMessage.Take(var stamp, _))
            given[name] = (to, stamp);
    }

    /// <summary>Looks how a token stands now.</summary>
    /// <param name="name">Which.</param>
    /// <param name="status">Tells how it stands; asked only of one that was on its way.</param>
    /// <returns>Where it was on its way to, if it does not go there any more as a stronger one is somewhere, and no other token of this
    /// node is on its way to there; else null.</returns>
    public NodeId? GivenUp(string name, Func<TokenStatus> status)
    {
        if (!given.TryGetValue(name, out var way) || status() is not { State: not TokenState.Passing } now)
            return null;
        given.Remove(name);
        var isThere = now.Seen.IsOf(way.Stamp) && now.Seen.Epoch == way.Stamp.Epoch;
        return isThere || given.Values.Any(other => other.To == way.To) ? null : way.To;
    }
}
