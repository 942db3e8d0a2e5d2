using Roj.Host;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Host.Tokens;

/// <summary>One token of a node, on a loop of its own; others' words are made up.</summary>
public sealed class TokenServiceTests
{
    private static readonly NodeId self = new(1);
    private static readonly NodeId other = new(2);

    private static readonly NodeId third = new(3);

    private readonly List<TokenMessage> said = [];
    private readonly TokensOnTheirWay ways = new();

    [Fact]
    public void A_token_that_comes_back_before_it_is_said_to_be_taken_goes_on_at_once()
    {
        using var token = Begun(new EventLoop());
        token.Receive(other, new TokenMessage.Take(Stamp(10), default));
        Assert.Equal(Stamp(11), Given());
        token.Receive(other, new TokenMessage.Take(Stamp(12), default)); // not Taken
        Assert.Equal(Stamp(13), Given());
        token.Receive(other, new TokenMessage.Taken(Stamp(13), 0));
        token.Receive(other, new TokenMessage.Take(Stamp(14), default));
        Assert.Equal(Stamp(15), Given());
    }

    [Fact]
    public void What_is_on_its_way_is_given_up_when_a_stronger_token_is_here_and_only_then()
    {
        using var token = Begun(new EventLoop());
        NodeId? GivenUp() => ways.GivenUp("x", () => token.Status);
        token.Receive(other, new TokenMessage.Take(Stamp(10), default));
        Assert.Null(GivenUp());
        token.Receive(other, new TokenMessage.Taken(Stamp(11), 0));
        Assert.Null(GivenUp());
        token.Receive(other, new TokenMessage.Take(Stamp(12), default));
        token.Receive(other, new TokenMessage.Here(Stamp(13))); // he has it: his answer is late
        Assert.Null(GivenUp());
        token.Receive(other, new TokenMessage.Take(Stamp(14), default));
        token.Receive(third, new TokenMessage.Here(new TokenStamp(1, 20, 100, third, 1)));
        Assert.Equal(other, GivenUp());
        Assert.Null(GivenUp());
    }

    [Fact]
    public void But_not_where_another_goes_the_same_way()
    {
        using var token = Begun(new EventLoop());
        token.Receive(other, new TokenMessage.Take(Stamp(10), default));
        ways.Said("y", other, new TokenMessage.Take(Stamp(1), default));
        token.Receive(third, new TokenMessage.Here(new TokenStamp(1, 20, 100, third, 1)));
        Assert.Null(ways.GivenUp("x", () => token.Status));
    }

    private static TokenStamp Stamp(ulong sequence) => new(1, sequence, 0, other, 1);

    private TokenStamp Given() => said.OfType<TokenMessage.Take>().Last().Stamp;

    private TokenService Begun(EventLoop loop)
    {
        var options = new TokenOptions
        {
            Settings = new TokenSettings { Self = self },
            Own = new Endpoint(0x0A000001, 7071),
            Cluster = 1,
            IsToAgree = false,
            Data = null,
            Agreement = () => null,
            Send = (_, _) => { },
            TakesPart = _ => { },
            Tell = _ => { },
        };
        var token = new TokenService(loop, options, "x", new NoWork(default), id => $"{id}", (to, message) =>
        {
            said.Add(message);
            ways.Said("x", to, message);
            return true;
        });
        token.Start();
        token.Meet([other]);
        token.Turn();
        return token;
    }
}
