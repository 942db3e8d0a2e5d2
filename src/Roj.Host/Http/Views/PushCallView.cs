using System.Text.Json.Serialization;

namespace Roj.Host.Http.Views;

/// <summary>What nodes ask of each other about pushes: <c>POST /push</c>.</summary>
/// <param name="Plan">What the leader has decided; left out to ask only.</param>
/// <param name="Begin">A push that the leader is to begin: the plan with no stages decided; left out for none.</param>
/// <param name="Rollback">The name of the file that the leader is to call back; left out for none.</param>
public sealed record PushCallView(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushPlanView? Plan = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushBeginView? Begin = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rollback = null);
