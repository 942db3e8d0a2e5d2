using System.Text.Json.Serialization;

namespace Roj.Host.Http.Views;

/// <summary>How a push stands.</summary>
/// <param name="Plan">It; left out where there was none.</param>
/// <param name="Nodes">How far its nodes are.</param>
public sealed record PushView(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushPlanView? Plan, IReadOnlyList<PushNodeView> Nodes);
