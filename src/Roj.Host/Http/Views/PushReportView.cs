using System.Text.Json.Serialization;

namespace Roj.Host.Http.Views;

/// <summary>What a node answers.</summary>
/// <param name="State">How far it is with the plan.</param>
/// <param name="Words">The last line of its command, or what went wrong.</param>
/// <param name="Plan">The latest plan that it knows; left out for none.</param>
/// <param name="Refusal">Why what was asked is not done; left out if it is.</param>
public sealed record PushReportView(
    string State,
    string Words,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushPlanView? Plan,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Refusal = null);
