using Roj.EndToEnd;
using Roj.EndToEnd.Members;
using Roj.SwarmBench;

namespace Roj.MembershipBench;

/// <summary>A program that is measured.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="On">Makes one on a host.</param>
internal sealed record Subject(string Name, Func<LabHost, Agent> On)
{
    /// <summary>Roj, told nothing.</summary>
    public static Subject Roj { get; } = new("roj", host => new MemberNode(host));

    /// <summary>Roj, told nothing but a cluster key.</summary>
    public static Subject RojWithKey { get; } = new("roj+key", host => new MemberNode(host) { KeyPath = KeyOfTheBench.Path });

    /// <summary>serf, told the address of the first.</summary>
    public static Subject Serf { get; } = new("serf", host => new SerfAgent(host));

    /// <summary>What serf needs.</summary>
    public static Requirement SerfProgram { get; } = new("serf", "serf", SerfAgent.Path);
}
