using System.Text.Json.Serialization;
using Roj.Host.Sharing;

namespace Roj.Host.Http.Views;

/// <summary>A file of a node: in the list of all, or by itself.</summary>
/// <param name="Id">Its name everywhere: the v1 info hash, 40 hexadecimal digits.</param>
/// <param name="Name">What it is called; null until its description is known.</param>
/// <param name="Size">Its bytes; null until its description is known.</param>
/// <param name="Parts">Its parts; 0 until its description is known.</param>
/// <param name="Have">Parts that this node has.</param>
/// <param name="Peers">Connections over which it is shared at the moment.</param>
/// <param name="Complete">Whether this node has all of it.</param>
/// <param name="Fault">Why the node has given it up; left out while it has not.</param>
/// <param name="Path">Where it is on the node's disk: told to callers of its own host only.</param>
public sealed record FileView(
    string Id,
    string? Name,
    long? Size,
    int Parts,
    int Have,
    int Peers,
    bool Complete,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path = null)
{
    /// <summary>Made from what the node knows.</summary>
    /// <param name="status">That.</param>
    /// <param name="isNear">Whether the caller is on the node's own host: only then it is told where things are on disk.</param>
    public static FileView Of(FileStatus status, bool isNear)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new FileView(
            status.Id,
            status.Name,
            status.Size,
            status.Parts,
            status.Have,
            status.Peers,
            status.IsComplete,
            status.Fault is null || isNear ? status.Fault : "the node has given it up; ask on its own host",
            isNear ? status.Path : null);
    }
}
