namespace Roj.Host.Http.Views;

/// <summary>What a node keeps of pushes, in <c>push.json</c> of its data directory.</summary>
/// <param name="Plan">The latest plan that it knows.</param>
/// <param name="Id">Of which push the rest is.</param>
/// <param name="State">How far the node is.</param>
/// <param name="Words">The last line of its command, or what went wrong.</param>
/// <param name="IsKept">Whether what was in the place before is put aside.</param>
/// <param name="HadBefore">Whether there was anything.</param>
public sealed record PushKeptView(PushPlanView Plan, string Id, string State, string Words, bool IsKept, bool HadBefore);
