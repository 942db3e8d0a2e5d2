using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>A state that a node is to be in.</summary>
public enum Node
{
    Loser,
    Waiter,
    Generating,
    Owner,
    Passing,
    Doubting,
}

/// <summary>How a node gets into a state.</summary>
internal static class TokenStories
{
    /// <summary>Node 1 in available mode, among two that say nothing.</summary>
    internal static TokenLab InState(Node node, ulong progress)
    {
        var lab = new TokenLab(1);
        lab.Meet(1, 2, 3);
        if (node is Node.Waiter)
            lab.Hear(1, 3, new TokenMessage.Here(FreePassingTests.Stamp(progress: 0, author: 3)));
        if (node is Node.Generating)
            lab.Pass(2);
        if (node is Node.Owner or Node.Passing or Node.Doubting)
            lab.Pass(4);
        if (progress > 0)
            Assert.True(lab.Worked(1, progress));
        if (node is Node.Passing)
            lab.PassOn(1);
        if (node is Node.Doubting)
        {
            lab.Still.Add(1);
            lab.Pass(2);
            lab.Still.Clear();
            lab.Meet(1, 2, 3);
        }

        Assert.Equal(Enum.Parse<TokenState>(node.ToString()), lab[1].State);
        return lab;
    }
}
