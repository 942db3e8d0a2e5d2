using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.EndToEnd.Members;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;

namespace Roj.EndToEnd.Fences;

/// <summary>What a command that one node at a time runs would write for the cluster, by its own node, under its fence; from outside, since
/// it must go on while its host stands still.</summary>
/// <param name="cluster">The cluster's name.</param>
/// <param name="node">Whose command it is.</param>
/// <param name="work">Which tells the term.</param>
/// <param name="fenceOf">The fence of its so manieth writing in a term.</param>
internal sealed class FencedWriter(string cluster, MemberNode node, FencedWork work, Func<ulong, ulong, Fence> fenceOf)
{
    private static readonly RegisterName place = RegisterName.Of("place");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // longer than a host stands still
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly List<(ulong Term, ulong Version)> written = [];
    private RegisterClient? client;
    private ulong sequence;
    private ulong lastTerm;

    /// <summary>What was acknowledged: under which term, and which version of the register it made.</summary>
    public IReadOnlyList<(ulong Term, ulong Version)> Written => written;

    /// <summary>Under which term something was acknowledged last; 0 for none yet.</summary>
    public ulong LastTerm => Volatile.Read(ref lastTerm);

    /// <summary>How often it was refused because another had written under a later term.</summary>
    public int Fenced { get; private set; }

    /// <summary>Writes while the command works, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (work.Term is { } term && await TryAsync(term).ConfigureAwait(false) is { } outcome)
            {
                if (outcome.Applied is Applied.Yes)
                {
                    written.Add((term, outcome.Version));
                    Volatile.Write(ref lastTerm, term);
                }
                else if (outcome.Refusal is Refusal.Fenced)
                    Fenced++;
            }

            await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
        }

        if (client is not null)
            await client.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Outcome?> TryAsync(ulong term)
    {
        try
        {
            client ??= await RegisterClient.ConnectAsync(Endpoint.TryParse($"{node.Name}:7071", out var at) ? at : default, cluster)
                .ConfigureAwait(false);
            var data = Encoding.ASCII.GetBytes(term.ToString(CultureInfo.InvariantCulture));
            var outcome = await client.ChangeAsync(place,
                new RegisterChange.Set(data) { Fence = fenceOf(term, ++sequence) }).WaitAsync(Patience).ConfigureAwait(false);
            return outcome is { Applied: Applied.No, Refusal: Refusal.TimedOut } or { Applied: Applied.Unknown } ? await LeaveAsync()
                : outcome;
        }
        catch (Exception e) when (e is NodeException or TimeoutException)
        {
            return await LeaveAsync().ConfigureAwait(false);
        }
    }

    private async Task<Outcome?> LeaveAsync()
    {
        if (client is { } left)
            await left.DisposeAsync().ConfigureAwait(false);
        client = null;
        return null;
    }
}
