using Roj.Election;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Pushes;

/// <summary>What a push needs to know of the cluster, at one moment.</summary>
/// <param name="Leads">The leadership, if this node leads; else null.</param>
/// <param name="Known">The leadership that it heeds; null while there is none.</param>
/// <param name="Members">All who are known, itself included.</param>
/// <param name="Colouring">Who plays which part.</param>
internal sealed record PushSight(Term? Leads, Term? Known, IReadOnlyList<Member> Members, Colouring Colouring)
{
    /// <summary>The tag by which others are told that a node takes what is pushed.</summary>
    public const string Tag = "push";

    /// <summary>Whether a node may take what is pushed, commands above all: where there is no key anybody on the network could have them
    /// run.</summary>
    /// <exception cref="NodeException">It may not, or can't.</exception>
    public static void Permit(NodeOptions options, bool hasKey)
    {
        if (!hasKey)
        {
            throw new NodeException(
                "--allow-push needs a key: without one anybody on the network could have commands run here ('roj keygen' makes one)",
                isWrongUse: true);
        }

        if (!Directory.Exists(options.AllowPush))
            throw new NodeException($"--allow-push: there is no folder {options.AllowPush}", isWrongUse: true);
    }

    /// <summary>Takes it, on the node's loop.</summary>
    /// <exception cref="OperationCanceledException">The node has ended.</exception>
    public static async Task<PushSight> TakeAsync(MemberShell shell) => await shell.AskAsync((all, _) =>
    {
        var status = shell.Wings.Election?.Status;
        return new PushSight(
            status?.Standing is Standing.Leading(var term) ? term : null,
            status?.Term,
            [.. all.Members.Members],
            status?.Colouring ?? Colouring.None);
    }).ConfigureAwait(false) ?? throw new OperationCanceledException();

    /// <summary>Whether a member takes what is pushed.</summary>
    public static bool TakesPart(Member member) =>
        PushCalls.HasApi(member) && Tags.Read(member.Tags.Span).Any(tag => tag.Key == Tag);
}
