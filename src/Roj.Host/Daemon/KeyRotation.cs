using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.Host.Daemon;

/// <summary>How the keys of a running cluster are changed: a node makes a newer ring and gives it to the others, and whoever is found
/// behind later is given it then.</summary>
/// <remarks>On the node's loop. There are no phases: a ring that has the new key in front still opens by the old one, and who speaks the
/// old one is told each thing in it too (<see cref="Seal"/>), so nobody has to be in step (decision 0038).</remarks>
/// <param name="keys">The node's.</param>
/// <param name="keep">Has a ring survive the process; what it throws leaves the old one in force.</param>
/// <param name="call">Gives a ring to the node at a place, under a key that it has; what it has then, null if it could not be told.</param>
internal sealed class KeyRotation(ClusterKeys keys, Action<Keyring> keep, Func<Endpoint, ClusterKey, Keyring, Task<Keyring?>> call)
{
    /// <summary>How long an old key still opens.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    private const int CallsMax = 16;
    private const int Attempts = 3;

    // Who speaks an old key is told the new one once in so long: until then it may be on its way there.
    private static readonly TimeSpan BehindPause = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Endpoint, Instant> calledAt = [];
    private Task last = Task.CompletedTask;

    /// <summary>How long to wait before somebody who could not be told is called again.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Told of each node that has the first key now.</summary>
    public Action<Endpoint>? CaughtUp { get; set; }

    /// <summary>Puts a new key in front, and tells the others.</summary>
    /// <param name="others">Where they are.</param>
    /// <param name="atOnce">Whether the old keys go at once, and not after <see cref="Grace"/>.</param>
    /// <returns>Who could not be told.</returns>
    /// <exception cref="IOException">The new ring can't be kept: nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The new ring may not be kept: nothing has changed.</exception>
    public Task<IReadOnlyList<Endpoint>> RotateAsync(IReadOnlyList<Endpoint> others, bool atOnce)
    {
        // A second one of this node waits for the first: it is told under the key that others have by then.
        var rotating = RotateAsync(last, others, atOnce);
        last = rotating;
        return rotating;
    }

    /// <summary>Another node says that this is the ring.</summary>
    /// <returns>The one in force now: what to answer.</returns>
    public Keyring Heard(Keyring theirs)
    {
        if (theirs.IsKinOf(keys.Current)) // anything else is no ring of this cluster
            keys.Take(theirs, keep);
        return keys.Current;
    }

    /// <summary>Somebody speaks an old key: tells it the new one, unless that was done a moment ago.</summary>
    /// <param name="now">The time.</param>
    /// <param name="node">Where it is.</param>
    /// <param name="spoken">The key that it speaks.</param>
    public async Task CatchUpAsync(Instant now, Endpoint node, ClusterKey spoken)
    {
        if (calledAt.TryGetValue(node, out var last) && now - last < BehindPause)
            return;
        if (calledAt.Count >= SessionBook.SessionsMax)
            calledAt.Clear();
        calledAt[node] = now;
        await TellAsync(node, spoken);
    }

    /// <summary>Lets go of old keys when their time is over.</summary>
    /// <param name="age">How long the ring has been in force here.</param>
    /// <returns>Whether there was anything to let go.</returns>
    public bool RetireIfDue(TimeSpan age)
    {
        // A ring that was never rotated is as the operator wrote it: several keys in it are meant.
        if (keys.Current is not { Version: > 0, Keys.Count: > 1 } || age < Grace)
            return false;
        keys.Lapse(keep);
        return true;
    }

    private async Task<IReadOnlyList<Endpoint>> RotateAsync(Task after, IReadOnlyList<Endpoint> others, bool atOnce)
    {
        await Task.WhenAny(after); // however that ended
        var before = keys.Current.First;
        keys.Take(keys.Current.Rotate(ClusterKey.Create()), keep);
        var missed = await TellAsync(others, before);
        if (!atOnce)
            return missed;
        keys.Take(keys.Current.Retire(), keep);
        return [.. missed.Concat(await TellAsync([.. others.Except(missed)], keys.Current.First))];
    }

    private async Task<IReadOnlyList<Endpoint>> TellAsync(IReadOnlyList<Endpoint> others, ClusterKey known)
    {
        List<Endpoint> missed = [];
        var next = 0;
        async Task TellOneByOneAsync()
        {
            while (next < others.Count)
            {
                var node = others[next++];
                var isTold = await TellAsync(node, known);
                for (var attempt = 1; !isTold && attempt < Attempts; attempt++)
                {
                    await Task.Delay(RetryPause);
                    isTold = await TellAsync(node, known);
                }

                if (!isTold)
                    missed.Add(node);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, CallsMax).Select(_ => TellOneByOneAsync()));
        return missed;
    }

    private async Task<bool> TellAsync(Endpoint node, ClusterKey known)
    {
        if (await call(node, known, keys.Current) is not { } theirs)
            return false;
        Heard(theirs);
        if (theirs.First.Id != keys.Current.First.Id)
            return false;
        CaughtUp?.Invoke(node);
        return true;
    }
}
