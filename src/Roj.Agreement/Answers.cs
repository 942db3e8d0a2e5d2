using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Who has answered in a phase, and what each took last.</summary>
internal sealed class Answers
{
    private readonly NodeSet nodes = new();
    private readonly List<(Ballot Accepted, Content Content)> taken = [];

    /// <summary>Who has.</summary>
    public IReadOnlyList<NodeId> Nodes => nodes;

    /// <summary>Whether somebody has.</summary>
    public bool Has(NodeId node) => nodes.IndexOf(node) >= 0;

    /// <summary>Somebody answers; his later answer stands.</summary>
    public void Set(NodeId node, Ballot accepted, Content content)
    {
        if (nodes.IndexOf(node) is >= 0 and var index)
        {
            taken[index] = (accepted, content);
            return;
        }

        nodes.Add(node);
        taken.Add((accepted, content));
    }

    /// <summary>The greatest attempt that anybody took, and what it brought; of registers that nothing is known of the one at the highest
    /// version.</summary>
    /// <remarks>A deletion that some have forgotten is at their floor's version if that is higher, for somebody may have been told so: then
    /// nobody is <see cref="Having"/> it, and it is written anew.</remarks>
    public (Ballot Accepted, Content Content) Greatest()
    {
        var greatest = taken.MaxBy(answer => (answer.Accepted, answer.Content.Version));
        return greatest.Content.IsTombstone ? (greatest.Accepted, greatest.Content.Above(Floor)) : greatest;
    }

    /// <summary>Those who have taken something, and nothing later than a content.</summary>
    public IEnumerable<NodeId> Knowing(Content content) => nodes.Where((_, index) => taken[index] is var (accepted, known)
        && accepted > Ballot.None && (known.Version < content.Version
            || (known.Version == content.Version && (content.IsTombstone || !known.IsTombstone))));

    /// <summary>The highest version at which anybody knows of nothing; 0 if all know of something.</summary>
    public ulong Floor => taken.Max(answer => answer.Accepted == Ballot.None ? answer.Content.Version : 0);

    /// <summary>Those who took an attempt last; of registers that nothing is known of, those who know them at the same version.</summary>
    public NodeId[] Having(Ballot attempt, ulong version) =>
        [.. nodes.Where((_, index) => taken[index].Accepted == attempt && taken[index].Content.Version == version)];

    public void Clear()
    {
        nodes.Clear();
        taken.Clear();
    }
}
