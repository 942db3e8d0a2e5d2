using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Daemon;

/// <summary>Writes <c>state.json</c> when the places to be remembered have changed: beside the loop, and at most once a second.</summary>
internal sealed class StateKeeper(DataDirectory directory, Action<string> warn)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private NodeState state = directory.State;
    private Instant nextAt;
    private bool changed;
    private Task? saving;
    private bool warned;

    /// <summary>Where it is kept who the node is.</summary>
    public string IdPath => directory.At("id");

    /// <summary>There may be something new to keep.</summary>
    public void Change() => changed = true;

    /// <summary>We turn out to be in this incarnation: the next life must be a later one.</summary>
    public void Reached(ulong incarnation)
    {
        state = state with { Lives = Math.Max(state.Lives, (uint)Math.Min(incarnation >> 32, NodeState.LivesMax)) };
        changed = true;
    }

    /// <summary>The node agrees by majority from now on.</summary>
    public void Agrees()
    {
        changed |= !state.IsQuorum;
        state = state with { IsQuorum = true };
    }

    /// <summary>Begins to write what is new, if it is time to; when to be called again, null while there is no need.</summary>
    public Instant? SaveIfDue(Instant now, Neighbourhood neighbourhood)
    {
        if (!changed || saving is { IsCompleted: false })
            return null; // when what is under way ends, the loop turns
        if (now < nextAt)
            return nextAt;
        changed = false;
        nextAt = now + Pause;
        if (TryTake(neighbourhood, out var next))
            saving = SaveAsync(next);
        return null;
    }

    /// <summary>Writes what is new before the end.</summary>
    public async Task FinishAsync(Neighbourhood neighbourhood)
    {
        if (saving is { } running)
            await running;
        if (changed && TryTake(neighbourhood, out var next))
            await SaveAsync(next);
        changed = false;
    }

    private bool TryTake(Neighbourhood neighbourhood, out NodeState next)
    {
        var before = state;
        // Nobody is forgotten because nobody was found yet.
        var members = neighbourhood.Remembered;
        next = state = state with { Members = members.Count > 0 ? members : state.Members };
        var isOther = (next.Lives, next.IsQuorum) != (directory.State.Lives, directory.State.IsQuorum);
        return isOther || !before.Members.SequenceEqual(next.Members);
    }

    private async Task SaveAsync(NodeState next)
    {
        try
        {
            await Task.Run(() => directory.Save(next));
            warned = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!warned)
                warn($"cannot write {directory.At("state.json")}, so nothing is remembered: {SystemReason.Of(e)}");
            warned = true; // once is enough, until it worked again
            changed = true;
        }
    }
}
