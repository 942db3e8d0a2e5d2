using System.Globalization;

namespace Roj.Membership;

/// <summary>Names a file that a node serves: its v1 info hash (BEP 3). To finding it is an opaque name of 20 bytes.</summary>
/// <param name="High">The first 16 bytes, big-endian.</param>
/// <param name="Low">The last 4 bytes, big-endian.</param>
public readonly record struct FileId(UInt128 High, uint Low)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 20;

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x32}{Low:x8}");
}
