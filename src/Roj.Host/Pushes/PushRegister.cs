using System.Text.Json;
using Roj.Agreement;
using Roj.Election.Pushes;
using Roj.Host.Daemon;
using Roj.Host.Election;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Host.Pushes;

/// <summary>The latest plan where a majority decides: the register <c>push</c>, written under the leader's fence before anybody is told.
/// </summary>
/// <param name="shell">The node.</param>
internal sealed class PushRegister(MemberShell shell)
{
    private static readonly RegisterName name = RegisterName.Of("push");

    /// <summary>What a majority knows.</summary>
    /// <returns>Whether it could be asked, or nothing is decided by majority here; and the plan, null for none.</returns>
    public async Task<(bool IsSure, PushPlan? Plan)> ReadAsync()
    {
        var asking = await shell.AskAsync((_, _) =>
            shell.Wings.Agreement?.Service is { Roster: not null } agreement ? agreement.AskAsync(name, null) : null).ConfigureAwait(false);
        if (asking is null)
            return (true, null);
        if (await asking.ConfigureAwait(false) is not { Applied: Applied.Yes } outcome)
            return (false, null);
        return outcome.Content?.Data is { } data
            ? (true, JsonSerializer.Deserialize(data.Span, ApiJson.Default.PushPlanView)?.Read())
            : (true, null);
    }

    /// <summary>Has a majority know a plan.</summary>
    /// <returns>Whether it does, or nothing is decided by majority here; not if another leads by now.</returns>
    public async Task<bool> WriteAsync(PushPlan plan)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(PushPlanView.Of(plan), ApiJson.Default.PushPlanView);
        var asking = await shell.AskAsync((_, _) =>
        {
            if (shell.Wings.Agreement?.Service is not { Roster: not null } agreement)
                return Task.FromResult(true);
            return agreement.NextFence(ElectionService.Leader) is { } fence && fence.Epoch == plan.Term.Counter
                ? IsAppliedAsync(agreement.AskAsync(name, new RegisterChange.Set(data) { Fence = fence }))
                : Task.FromResult(false);
        }).ConfigureAwait(false);
        return asking is not null && await asking.ConfigureAwait(false); // there is no answer of a node that has ended
    }

    private static async Task<bool> IsAppliedAsync(Task<Outcome> asking) =>
        await asking.ConfigureAwait(false) is { Applied: Applied.Yes };
}
