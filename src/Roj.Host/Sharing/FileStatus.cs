namespace Roj.Host.Sharing;

/// <summary>How one file of a node stands.</summary>
/// <param name="Id">Its name everywhere: the v1 info hash (BEP 3), 40 lower-case hexadecimal digits.</param>
/// <param name="Name">What it is called; null until its description is known.</param>
/// <param name="Size">Its bytes; null until its description is known.</param>
/// <param name="Parts">Its parts; 0 until its description is known.</param>
/// <param name="Have">Parts that are right on this node's disk.</param>
/// <param name="Peers">Connections over which it is shared at the moment.</param>
/// <param name="IsComplete">Whether all of it is right on this node's disk.</param>
/// <param name="Path">Where it is on this node's disk; null until its name is known.</param>
/// <param name="Fault">Why the node has given it up, one line; null while it has not.</param>
public sealed record FileStatus(
    string Id, string? Name, long? Size, int Parts, int Have, int Peers, bool IsComplete, string? Path, string? Fault)
{
    /// <summary>Whether nothing more will come of it by itself: it is complete, or given up.</summary>
    public bool IsSettled => IsComplete || Fault is not null;
}
