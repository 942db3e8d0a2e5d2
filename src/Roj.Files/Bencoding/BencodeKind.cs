namespace Roj.Files.Bencoding;

/// <summary>What stands next in bencoded bytes (BEP 3).</summary>
public enum BencodeKind
{
    /// <summary>Nothing: the end of the bytes, or bytes that are no bencoding.</summary>
    None,

    /// <summary>A whole number, such as <c>i42e</c>.</summary>
    Integer,

    /// <summary>A string of bytes, such as <c>4:spam</c>.</summary>
    Bytes,

    /// <summary>The beginning of a list.</summary>
    List,

    /// <summary>The beginning of a dictionary.</summary>
    Dictionary,

    /// <summary>The end of the list or dictionary that was entered last.</summary>
    End,
}
