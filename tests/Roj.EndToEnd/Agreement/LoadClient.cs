using Roj.Agreement;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;

namespace Roj.EndToEnd.Agreement;

/// <summary>Somebody who has registers changed, one after another, by whatever node answers.</summary>
/// <remarks>When its node dies or does not answer, it goes to another and asks for the same change by the same id; now and then it gives
/// up, and does not know then.</remarks>
/// <param name="name">What it is called in histories.</param>
/// <param name="quorum">Whom it asks.</param>
/// <param name="plan">What it asks for.</param>
/// <param name="book">Where it writes down what it was told.</param>
/// <param name="rng">Its own.</param>
internal sealed class LoadClient(string name, Quorum quorum, LoadPlan plan, LoadBook book, Rng rng)
{
    // As long as a node takes at most, and a little more; some have less patience, and leave changes behind that end later.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LittlePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(12);
    private const int TriesMax = 12;

    private RegisterClient? client;

    /// <summary>Asks, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await DoAsync(plan.Next(rng, book.VersionOf)).ConfigureAwait(false);
            await Task.Delay(rng.Next(TimeSpan.Zero, PauseMax), CancellationToken.None).ConfigureAwait(false);
        }

        await HangUpAsync().ConfigureAwait(false);
    }

    /// <summary>Has this done, and writes down how it ended.</summary>
    public async Task<Outcome?> DoAsync(Deed deed)
    {
        var since = book.VersionOf(deed.Register);
        var number = book.Begin(name, deed);
        var outcome = await AskAsync(deed, since).ConfigureAwait(false);
        book.End(number, deed, outcome);
        return outcome;
    }

    /// <summary>Leaves its node, if it has one.</summary>
    public async Task HangUpAsync()
    {
        if (client is not { } left)
            return;
        client = null;
        await left.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Outcome?> AskAsync(Deed deed, ulong since)
    {
        var register = RegisterName.Of(deed.Register);
        var patience = rng.Chance(1, 8) ? LittlePatience : Patience;
        var isTried = false;
        ChangeId? id = null;
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (await FindAsync().ConfigureAwait(false) is not { } node)
                continue;
            id ??= node.NextId();
            var asked = deed.Change is { } change
                ? node.ChangeAsync(register, change, id, isTried ? since : null, isTried ? null : since)
                : node.ReadAsync(register);
            var outcome = await WithinAsync(asked, patience).ConfigureAwait(false);
            if (outcome is { Applied: Applied.Yes }
                or { Applied: Applied.No, Refusal: not (Refusal.TimedOut or Refusal.Busy or Refusal.Stale) })
            {
                return outcome;
            }

            if (outcome is { Applied: Applied.No, Refusal: Refusal.Stale } && !isTried)
            {
                since = outcome.Version; // others were faster, and nobody has tried it
                continue;
            }

            await HangUpAsync().ConfigureAwait(false);
            isTried |= outcome is not { Applied: Applied.No }; // else it was not even tried this time
            if (rng.Chance(1, 4))
                return isTried ? null : outcome;
        }

        return null;
    }

    // Any that answers: half of the time in vain, while half of them are away.
    private async Task<RegisterClient?> FindAsync()
    {
        if (client is not null)
            return client;
        try
        {
            return client = await quorum.ConnectAsync(rng.Pick(quorum.Nodes)).ConfigureAwait(false);
        }
        catch (NodeException)
        {
            await Task.Delay(rng.Next(TimeSpan.Zero, LittlePatience / 4)).ConfigureAwait(false);
            return null;
        }
    }

    private static async Task<Outcome?> WithinAsync(Task<Outcome> asked, TimeSpan patience)
    {
        try
        {
            return await asked.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
