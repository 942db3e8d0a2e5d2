using System.Text.Json.Serialization;

namespace Roj.Host.Http.Views;

/// <summary>What <c>POST /api/v1/files</c> takes: a path to share, or an id to fetch.</summary>
/// <param name="Path">A file of the node's host to be shared where it is; absolute.</param>
/// <param name="Id">A file to be fetched: 40 hexadecimal digits.</param>
/// <param name="To">Where to fetch it, absolute: a file that is not there yet, or a folder that is; left out for the node's data
/// directory.</param>
/// <param name="Fence">In which turn it is shared, such as <c>token/job:3:12</c>; left out for none.</param>
public sealed record FileRequestView(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? To = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fence = null);
