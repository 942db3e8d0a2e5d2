using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Membership.Keeping;

namespace Roj.Host.Agreement;

/// <summary>A node's part in agreement, if it has one: from its start on where it was told whom to expect or its data says so, else from
/// when one calls who has.</summary>
/// <remarks>Until then there is no log, no thread and no link. On the loop only.</remarks>
/// <param name="directory">The node's data; null if it keeps none, and can promise nothing then.</param>
/// <param name="open">Begins: the log is opened, and what it remembers is taken up.</param>
/// <param name="members">Who is here.</param>
/// <param name="warn">Told what is wrong and can be lived with.</param>
internal sealed class AgreementWing(
    DataDirectory? directory, Func<DataDirectory, AgreementService> open, Func<IReadOnlyList<Member>> members, Action<string> warn)
    : IDisposable
{
    private bool hasFailed;

    /// <summary>What runs it; null while there is none.</summary>
    public AgreementService? Service { get; private set; }

    /// <summary>Begins, if the node was told to, or did so in an earlier life.</summary>
    /// <param name="expected">How many nodes it was told to make a cluster with; 0 for none.</param>
    /// <exception cref="NodeException">It can't.</exception>
    public void Start(int expected)
    {
        if (expected > 0 && directory is null)
            throw new NodeException("--expect needs a data directory: what a node promises must survive it", isWrongUse: true);
        if (directory is null)
            return;
        var hasLog = Directory.Exists(directory.At(AgreementLog.DirectoryName));
        if (expected > 0 || directory.State.IsQuorum || hasLog)
            Begin(directory);
    }

    /// <summary>Somebody has called; his hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What he said.</param>
    /// <param name="source">From which address.</param>
    public void Take(Channel channel, LinkHello hello, uint source)
    {
        if (Service is null && directory is not null && !hasFailed && hello.Kind is LinkKind.Node
            && members().Any(member => member.Id == hello.Id && member.IsPresent && member.Node.Address == source))
        {
            TryBegin(directory);
        }

        if (Service is { } service)
            service.Take(channel, hello, source);
        else
            channel.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Service?.Dispose();

    private void TryBegin(DataDirectory data)
    {
        try
        {
            Begin(data);
        }
        catch (NodeException e)
        {
            hasFailed = true;
            warn($"this node can't take part in the cluster's agreement: {e.Message}");
        }
    }

    private void Begin(DataDirectory data)
    {
        Service = open(data);
        Service.Start();
        if (Service.Roster is not null)
            Service.Seated?.Invoke(); // by an earlier life, which may not have come to write it down elsewhere
        Service.MembersChanged(members());
    }
}
