using System.Numerics;
using Roj.Kernel;

namespace Roj.Token.Work;

/// <summary>How far pi is, as the token's data. All numbers are big-endian, P, Q and T in two's complement.</summary>
/// <remarks>
/// <code>
///  0         4   5        9       13    17    21
///  +---------+---+--------+-------+-----+-----+---+---+----------+
///  | "ROJP"  | 1 | digits | terms | |P| | |Q| | P | Q | T to end |
///  +---------+---+--------+-------+-----+-----+---+---+----------+
/// </code>
/// </remarks>
/// <param name="Digits">Decimals that are wanted.</param>
/// <param name="Terms">Terms that were added.</param>
/// <param name="Sum">Their sum.</param>
internal sealed record PiSeries(int Digits, int Terms, PiSum Sum)
{
    private const uint Magic = 0x524F4A50; // "ROJP"
    private const byte Version = 1;
    private const int HeadLength = 4 + 1 + 4 + 4 + 4 + 4;

    /// <summary>Before the first step.</summary>
    public static PiSeries None { get; } = new(0, 0, new PiSum(1, 1, 0));

    /// <summary>How many of the decimals that are wanted are certain.</summary>
    public int Certain => Math.Min(Digits, Pi.CertainAfter(Terms));

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        var (p, q, t) = (Sum.P.ToByteArray(isBigEndian: true), Sum.Q.ToByteArray(isBigEndian: true), Sum.T.ToByteArray(isBigEndian: true));
        var bytes = new byte[HeadLength + p.Length + q.Length + t.Length];
        var writer = new ByteWriter(bytes);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.UInt32((uint)Digits);
        writer.UInt32((uint)Terms);
        writer.UInt32((uint)p.Length);
        writer.UInt32((uint)q.Length);
        writer.Bytes(p);
        writer.Bytes(q);
        writer.Bytes(t);
        return bytes;
    }

    /// <summary>Reads a whole one.</summary>
    /// <returns>It; null if the bytes are no such sum of that many terms.</returns>
    public static PiSeries? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Pi.DataMax)
            return null;
        var reader = new ByteReader(bytes);
        var isOne = reader.UInt32() == Magic && reader.Byte() == Version;
        var (digits, terms, lengthOfP, lengthOfQ) = (reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32());
        if (reader.Failed || !isOne || digits is < 1 or > Pi.DigitsMax || terms < 1 || terms > Pi.TermsMax
            || lengthOfP > Pi.DataMax || lengthOfQ > Pi.DataMax)
            return null;
        var sum = new PiSum(Number(reader.Take((int)lengthOfP)), Number(reader.Take((int)lengthOfQ)), Number(reader.Rest));
        return !reader.Failed && sum.T.Sign > 0
            && (Pi.Residue(sum.P), Pi.Residue(sum.Q), Pi.Residue(sum.T)) == Pi.Residues((int)terms)
            ? new PiSeries((int)digits, (int)terms, sum)
            : null;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isBigEndian: true);
}
