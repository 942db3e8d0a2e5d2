using System.Text.Json;

namespace Roj.Host.Http.Views;

/// <summary>Something that happened, as <c>GET /api/v1/events</c> tells it.</summary>
/// <param name="Seq">Its number: the next event of this node has the next.</param>
/// <param name="Time">When, by this node's clock.</param>
/// <param name="Kind">What, such as <c>member.dead</c>.</param>
/// <param name="Node">The id of whom it happened to; null where it is nobody's.</param>
/// <param name="Data">More, by kind.</param>
public sealed record EventView(long Seq, DateTimeOffset Time, string Kind, string? Node, JsonElement Data);
