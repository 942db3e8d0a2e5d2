using System.Text;
using Roj.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Token;

namespace Roj.Host.Tokens;

/// <summary>What others may ask of a node's tokens, from any thread.</summary>
/// <param name="shell">The node; null for one that takes part in none.</param>
internal sealed class TokenDoor(MemberShell? shell)
{
    /// <summary>Bytes of a key of <see cref="DoneAsync"/> at most.</summary>
    public const int KeyBytesMax = 1024;

    /// <summary>How they stand, by name.</summary>
    public Task<IReadOnlyList<TokenStatus>> StatusAsync() => Ask(wing => wing?.Status ?? []);

    /// <summary>How one stands, what happened to it, and the result so far; null if the node takes no part in it.</summary>
    public Task<TokenFinding?> FindAsync(string name) => Ask(wing => wing?.Find(name) is { } token
        ? new TokenFinding(token.Status, token.Log, token.Memory.Best.Progress, token.Memory.Data)
        : null);

    /// <summary>Takes somebody in who waits for the node's turns of a token.</summary>
    /// <returns>He; null with the reason if he can't be taken in.</returns>
    public Task<(TokenGuest? Guest, string Why)> AttachAsync(string name) => Ask(wing =>
        !TokenName.IsOne(name) ? (null, $"a token's name is 1 to {TokenName.LengthMax} of a-z, 0-9, '-', '_' and '.'")
        : wing?.Attach(name) ?? (null, "this node takes part in no tokens"));

    /// <summary>How long a turn surely still lasts; null if it is over.</summary>
    public Task<TimeSpan?> LeftAsync(string name, Fence fence) => Ask(wing => wing?.Find(name)?.LeftOf(fence));

    /// <summary>The work has got further.</summary>
    /// <returns>Whether it counts: whether the turn is not over.</returns>
    public Task<bool> WorkedAsync(string name, Fence fence, ulong progress, ReadOnlyMemory<byte> data) =>
        Ask(wing => wing?.Find(name)?.Worked(fence, progress, data) is true);

    /// <summary>Whether what a key stands for was done and committed.</summary>
    /// <returns>That; null with the reason if it can't be known.</returns>
    public async Task<(bool? IsDone, string Why)> DoneAsync(string name, string key) => await AskAsync(name, key, null) switch
    {
        null => (null, NoRoster),
        { Applied: Applied.Yes, Content: var content } => (content?.Data is not null, ""),
        var outcome => (null, WhyNot(outcome)),
    };

    /// <summary>Commits that what a key stands for is done, under the fence of the turn in which it was.</summary>
    /// <returns>Whether it is committed now; null with the reason if that can't be known.</returns>
    public async Task<(bool? IsDone, string Why)> CommitAsync(string name, string key, Fence fence)
    {
        var when = Encoding.UTF8.GetBytes($"{fence.Epoch}.{fence.Sequence}");
        var change = new RegisterChange.Set(when) { Condition = Condition.Absent, Fence = fence };
        return await AskAsync(name, key, change) switch
        {
            null => (null, NoRoster),
            { Applied: Applied.Yes } => (true, ""),
            { Refusal: Refusal.ConditionFailed } => (false, "it was committed before"),
            { Refusal: Refusal.Fenced } => (false, "a later turn has committed meanwhile"),
            var outcome => (null, WhyNot(outcome)),
        };
    }

    private const string NoRoster = "what is done once is remembered by a majority: this cluster has no roster (--expect)";

    private static string WhyNot(Outcome outcome) =>
        outcome.Refusal is Refusal.NoRoster ? NoRoster : $"no majority answered: {outcome.Refusal}";

    private async Task<Outcome?> AskAsync(string name, string key, RegisterChange? change)
    {
        var register = new RegisterName(Encoding.UTF8.GetBytes($"{TokenName.LeaseOf(name)}/once/{key}"));
        var asked = shell is null ? null : await shell.AskAsync((_, _) =>
            shell.Wings.Agreement?.Service is { Roster: not null } agreement ? agreement.AskAsync(register, change) : null);
        return asked is null ? null : await asked;
    }

    private Task<T> Ask<T>(Func<TokenWing?, T> question) => shell is null
        ? Task.FromResult(question(null))
        : shell.AskAsync((_, _) => question(shell.Wings.Tokens));
}
