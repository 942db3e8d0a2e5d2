using System.Globalization;
using Roj.Host.Sharing;

namespace Roj;

/// <summary>A file of this node, as it stood at one moment; it does not change any more.</summary>
public sealed class RojFile
{
    /// <summary>Its name in the whole cluster, made of what is in it: 40 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What it is called; null until this node has heard of it from somebody.</summary>
    public string? Name { get; init; }

    /// <summary>Its bytes; null until this node has heard of it from somebody.</summary>
    public long? Size { get; init; }

    /// <summary>Its parts; 0 until this node has heard of it from somebody.</summary>
    public int Parts { get; init; }

    /// <summary>Parts that are right on this node's disk.</summary>
    public int Have { get; init; }

    /// <summary>Connections over which it is shared at the moment.</summary>
    public int Peers { get; init; }

    /// <summary>Whether all of it is right on this node's disk.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Where it is on this node's disk; null until its name is known.</summary>
    public string? Path { get; init; }

    /// <summary>Why this node has given it up, one line; null while it has not.</summary>
    public string? Fault { get; init; }

    /// <summary>Name and progress, in one line.</summary>
    public override string ToString()
    {
        var name = string.Concat((Name ?? Id).Select(c => char.IsControl(c) ? ' ' : c));
        return Fault is not null ? $"{name} failed: {Fault}" : string.Create(CultureInfo.InvariantCulture, $"{name} {Have} of {Parts}");
    }

    internal static RojFile Of(FileStatus status) => new()
    {
        Id = status.Id,
        Name = status.Name,
        Size = status.Size,
        Parts = status.Parts,
        Have = status.Have,
        Peers = status.Peers,
        IsComplete = status.IsComplete,
        Path = status.Path,
        Fault = status.Fault is { } fault ? OptionWords.Translate(fault) : null,
    };
}
