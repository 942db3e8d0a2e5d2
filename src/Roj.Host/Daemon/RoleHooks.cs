using System.Globalization;
using Roj.Election;
using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>The commands of <c>--on-leader</c>, which runs while this node leads, and <c>--on-color</c>, which runs while it has a
/// colour, anew for each.</summary>
/// <remarks>To be used on one <see cref="SynchronizationContext"/> only. <c>ROJ_TERM</c> is the counter of the leadership: of two commands
/// that write to the same place, the one with the greater counter is to be heeded.</remarks>
/// <param name="onLeader">The command; null for none.</param>
/// <param name="onColor">The command; null for none.</param>
/// <param name="node">What <c>ROJ_NODE</c> says: where this node's API is, as other commands of <c>roj</c> take it.</param>
/// <param name="cluster">What <c>ROJ_CLUSTER</c> says: the cluster's name.</param>
/// <param name="log">Told what happens, for people.</param>
internal sealed class RoleHooks(string? onLeader, string? onColor, string node, string cluster, Action<LogLevel, string> log)
{
    private readonly Hook? leader = onLeader is null ? null : new Hook("--on-leader", onLeader, log);
    private readonly Hook? color = onColor is null ? null : new Hook("--on-color", onColor, log);
    private Colour own;

    /// <summary>This node leads from now on.</summary>
    public Task LeadsAsync(Term term) => leader?.StartAsync(Variables(term)) ?? Task.CompletedTask;

    /// <summary>This node leads no more; completes when nothing of the command lives.</summary>
    /// <param name="patience">How long it has: to the end of the lease.</param>
    public Task LeadsNoMoreAsync(TimeSpan? patience = null) => leader?.EndAsync(patience) ?? Task.CompletedTask;

    /// <summary>This node has a colour: nothing happens if it had that before; else the command of the one before is ended first.</summary>
    /// <param name="colour">It; <see cref="Colour.None"/> ends the command and starts none.</param>
    /// <param name="term">The leadership under which it was given.</param>
    public Task ColouredAsync(Colour colour, Term term)
    {
        if (colour == own)
            return Task.CompletedTask;
        own = colour;
        if (color is null)
            return Task.CompletedTask;
        return colour == Colour.None
            ? color.EndAsync()
            : color.StartAsync([.. Variables(term), new("ROJ_COLOR", colour == Colour.Green ? "green" : "red")]);
    }

    /// <summary>The node ends; completes when nothing of the commands lives.</summary>
    /// <param name="patience">How long they have.</param>
    public Task EndAsync(TimeSpan? patience = null)
    {
        own = Colour.None;
        return Task.WhenAll(leader?.EndAsync(patience) ?? Task.CompletedTask, color?.EndAsync(patience) ?? Task.CompletedTask);
    }

    private KeyValuePair<string, string>[] Variables(Term term) =>
    [
        new("ROJ_TERM", term.Counter.ToString(CultureInfo.InvariantCulture)), new("ROJ_NODE", node), new("ROJ_CLUSTER", cluster),
    ];
}
