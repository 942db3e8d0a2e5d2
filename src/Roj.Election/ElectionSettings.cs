using Roj.Kernel;

namespace Roj.Election;

/// <summary>How a node stands for election.</summary>
public sealed record ElectionSettings
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Where it is.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>Which election nominates.</summary>
    public ElectionKind Kind { get; init; } = ElectionKind.Bully;

    /// <summary>Whether a majority is to decide who leads: terms that were kept are of that mode.</summary>
    public bool IsToAgree { get; init; }

    /// <summary>Bully: how long nobody new must have appeared before the highest address is looked for (NEW_CLIENT_TIMEOUT of the
    /// seed).</summary>
    public TimeSpan NewClientTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long who is to lead may take to say that he does; then the next is looked for without him.</summary>
    public TimeSpan NomineePatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a leader says that it is there.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nobody new must have appeared: <see cref="NewClientTimeout"/>, but a leader who is there must have had the time to
    /// say so to who is new, else who comes with a short timeout would turn him out.</summary>
    public TimeSpan QuietTime => NewClientTimeout > 2 * Heartbeat ? NewClientTimeout : 2 * Heartbeat;

    /// <summary>How long a follower goes without: five of them lost in a row.</summary>
    public TimeSpan HeartbeatPatience => 5 * Heartbeat;

    /// <summary>A node that stood still for longer than this does not know any more who leads: others may have chosen.</summary>
    public TimeSpan StandstillMax { get; init; } = TimeSpan.FromSeconds(3);
}
