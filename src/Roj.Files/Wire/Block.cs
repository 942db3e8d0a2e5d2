namespace Roj.Files.Wire;

/// <summary>A range of bytes within one piece: what is asked for, sent, refused and cancelled (BEP 3).</summary>
/// <param name="Piece">The piece's index.</param>
/// <param name="Begin">Where in the piece it begins, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct Block(int Piece, int Begin, int Length)
{
    /// <summary>Such as <c>7[16384+16384]</c>.</summary>
    public override string ToString() => $"{Piece}[{Begin}+{Length}]";
}
