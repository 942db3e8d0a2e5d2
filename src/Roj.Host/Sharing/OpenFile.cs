using Roj.Files;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>One file of the service: what is remembered of it, and, once it was opened, the node that shares it.</summary>
internal sealed class OpenFile(HeldFile held) : IDisposable
{
    private NodeShell? shell;
    private Node.Node? node;

    /// <summary>What is remembered.</summary>
    public HeldFile Held { get; set; } = held;

    /// <summary>Why it was given up; null while it was not.</summary>
    public string? Fault { get; private set; }

    /// <summary>When its shell is to be called though nothing came; null for never.</summary>
    public Instant? Due { get; set; }

    /// <summary>Whether there was an input since its shell was last called.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether it is being looked at piece by piece: that keeps a core busy.</summary>
    public bool IsChecking => shell is not null && node!.Swarm.UncheckedCount > 0;

    /// <summary>Whether all of it is right on disk.</summary>
    public bool IsComplete => shell is not null && node!.Swarm.IsComplete;

    /// <summary>Whether it is on its way, or may be: it was not looked at yet.</summary>
    public bool IsWanted => !Held.IsShared && Fault is null && !IsComplete;

    /// <summary>Its shell, while it is open.</summary>
    public NodeShell? Shell => shell;

    /// <summary>Its node, while it is open.</summary>
    public Node.Node? Node => shell is null ? null : node;

    /// <summary>How it stands.</summary>
    public FileStatus Status
    {
        get
        {
            var (swarm, info) = (node?.Swarm, node?.Swarm.Info);
            return new FileStatus(
                Held.Id.ToString(),
                info?.Name,
                info?.Length,
                info?.PieceCount ?? 0,
                swarm?.HaveCount ?? 0,
                shell is null ? 0 : swarm!.PeerCount,
                IsComplete,
                Held.Path,
                Fault);
        }
    }

    /// <summary>Who has how much of it.</summary>
    public FileShares Shares => new(Status, node?.Swarm.Sight ?? new SwarmSight("", []));

    /// <summary>It is shared from now on by <paramref name="itsNode"/>, which <paramref name="itsShell"/> runs.</summary>
    public void Open(Node.Node itsNode, NodeShell itsShell) => (node, shell) = (itsNode, itsShell);

    /// <summary>It is given up.</summary>
    public void GiveUp(string why)
    {
        Fault = why;
        Dispose();
    }

    /// <summary>Closes its sockets and the file.</summary>
    public void Dispose()
    {
        shell?.Dispose();
        shell = null;
    }
}
