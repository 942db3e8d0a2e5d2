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

    private readonly List<TokenMessage> said = [];

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
        var token = new TokenService(loop, options, "x", new NoWork(default), id => $"{id}", (_, message) =>
        {
            said.Add(message);
            return true;
        });
        token.Start();
        token.Meet([other]);
        token.Turn();
        return token;
    }
}
