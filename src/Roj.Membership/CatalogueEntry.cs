namespace Roj.Membership;

/// <summary>One file that a node serves, so that a node without an info hash knows what it may ask for.</summary>
/// <param name="File">The file's info hash.</param>
/// <param name="Name">
/// What its owner calls it: at most <see cref="NameBytesMax"/> bytes of UTF-8. From the network it is a label and nothing else: whoever
/// makes a path of it checks it first.
/// </param>
public readonly record struct CatalogueEntry(FileId File, string Name)
{
    /// <summary>The longest name in bytes of UTF-8: what Linux allows a file (NAME_MAX).</summary>
    public const int NameBytesMax = 255;

    /// <summary>Such as <c>0123…cdef "data.bin"</c>.</summary>
    public override string ToString() => $"{File} \"{Name}\"";
}
