using System.Globalization;
using System.Numerics;

namespace Roj.Token.Work;

/// <summary>Pi, computed in steps: all that a step needs stands in the data that the one before it left, so that each may be done by
/// another node.</summary>
/// <remarks>
/// <para>The series of D. V. and G. V. Chudnovsky (1988) by binary splitting: after n terms three whole numbers P(n), Q(n), T(n) stand for
/// their sum, terms a to b are computed from a and b alone, and pi = 426880 √10005 Q(n) / T(n). A term brings 14.18 decimals.</para>
/// <para>Data that this has not written is refused. Each number is checked modulo a prime, which takes no more than a step over all
/// terms in 64 bits: a damaged one passes once in 2^61. That is no protection from who forges it on purpose.</para>
/// </remarks>
public static class Pi
{
    /// <summary>Decimals at most.</summary>
    public const int DigitsMax = 1_000_000;

    /// <summary>Bytes of data at most; a million decimals take half of that.</summary>
    public const int DataMax = 4 * 1024 * 1024;

    // Two that the terms left out may change, and eight more: there is no run of eight nines or noughts in the first million decimals, so
    // that what is cut off behind the last of the others never changes it.
    private const int GuardDigits = 10;

    // log10(640320³ / 1728) = 14.18164…: what a term brings, in parts of this.
    private const long DigitsPerTermDividend = 141_816;
    private const long DigitsPerTermDivisor = 10_000;

    private const int First = 13_591_409;
    private const int Slope = 545_140_134;
    private const ulong Cube24 = 10_939_058_860_032_000; // 640320³ / 24
    private const ulong Prime = (1UL << 61) - 1;

    /// <summary>Terms at most.</summary>
    internal static int TermsMax => TermsFor(DigitsMax);

    /// <summary>Adds terms to the series.</summary>
    /// <param name="data">What the last step left; empty before the first.</param>
    /// <param name="digits">How many decimals are wanted, 1 to <see cref="DigitsMax"/>. Where an earlier step was asked for more, that
    /// holds.</param>
    /// <param name="terms">How many terms to add, at least 1; never more than are needed.</param>
    /// <returns>How many decimals are certain now, at most those wanted, which never becomes less; and the data. Null if
    /// <paramref name="data"/> is none of this.</returns>
    public static (ulong Progress, byte[] Data)? Step(ReadOnlyMemory<byte> data, int digits, int terms)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, DigitsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(terms, 1);
        var before = data.IsEmpty ? PiSeries.None : PiSeries.Read(data.Span);
        if (before is null)
            return null;
        var wanted = Math.Max(digits, before.Digits);
        var until = (int)Math.Min((long)before.Terms + terms, Math.Max(TermsFor(wanted), before.Terms));
        var sum = before.Sum;
        if (until > before.Terms)
            sum = before.Terms == 0 ? Split(0, until) : Joined(before.Sum, Split(before.Terms, until));
        var after = new PiSeries(wanted, until, sum);
        return ((ulong)after.Certain, after.Write());
    }

    /// <summary>The decimals that are certain, as text: <c>3.14159…</c>, cut off and not rounded.</summary>
    /// <param name="data">What a step left.</param>
    /// <returns>They; null if <paramref name="data"/> is none of this.</returns>
    public static string? DigitsOf(ReadOnlySpan<byte> data)
    {
        if (PiSeries.Read(data) is not { Terms: > 0 } series)
            return null;
        var decimals = series.Certain;
        var shift = decimals + GuardDigits;
        var root = RootOf(10_005 * BigInteger.Pow(10, 2 * shift));
        var value = 426_880 * root * series.Sum.Q / series.Sum.T / BigInteger.Pow(10, GuardDigits);
        var text = value.ToString("D", CultureInfo.InvariantCulture);
        if (text.Length != decimals + 1 || text[0] != '3')
            return null; // forged, with the right residues
        return decimals == 0 ? text : $"3.{text.AsSpan(1)}";
    }

    /// <summary>How many decimals are certain after that many terms.</summary>
    internal static int CertainAfter(int terms) =>
        (int)Math.Max(0, (terms * DigitsPerTermDividend / DigitsPerTermDivisor) - GuardDigits);

    /// <summary>The three numbers of no, one or more terms modulo the prime, term by term.</summary>
    internal static (ulong P, ulong Q, ulong T) Residues(int terms)
    {
        (ulong P, ulong Q, ulong T) sum = (1, 1, First);
        for (var k = 1; k < terms; k++)
        {
            var n = (ulong)k;
            var p = Prime - Times(Times((6 * n) - 5, (2 * n) - 1), (6 * n) - 1); // each is less than 2^24
            var q = Times(Times(Times(n, n), n), Cube24);
            var own = Times(p, First + (Slope * n));
            sum = (Times(sum.P, p), Times(sum.Q, q), (Times(q, sum.T) + Times(sum.P, own)) % Prime);
        }

        return sum;
    }

    /// <summary>A number modulo the prime.</summary>
    internal static ulong Residue(BigInteger number)
    {
        var rest = number % Prime;
        return (ulong)(rest.Sign < 0 ? rest + Prime : rest);
    }

    private static ulong Times(ulong a, ulong b) => (ulong)((UInt128)a * b % Prime);

    private static int TermsFor(int digits) =>
        (int)(((((long)digits + GuardDigits) * DigitsPerTermDivisor) + DigitsPerTermDividend - 1) / DigitsPerTermDividend);

    // Terms from a to before b.
    private static PiSum Split(int a, int b)
    {
        if (b - a > 1)
        {
            var middle = (int)(((long)a + b) / 2);
            return Joined(Split(a, middle), Split(middle, b));
        }

        if (a == 0)
            return new PiSum(1, 1, First);
        BigInteger k = a;
        var p = -((6 * k) - 5) * ((2 * k) - 1) * ((6 * k) - 1);
        return new PiSum(p, k * k * k * Cube24, p * (First + (Slope * k)));
    }

    private static PiSum Joined(PiSum left, PiSum right) =>
        new(left.P * right.P, left.Q * right.Q, (right.Q * left.T) + (left.P * right.T));

    // The greatest whole number whose square is not greater: Newton's method from the root of the upper half of the digits,
    // which has half of the result's right already.
    private static BigInteger RootOf(BigInteger square)
    {
        var bits = square.GetBitLength();
        if (bits <= 52)
            return (BigInteger)Math.Sqrt((double)square);
        var half = (int)(bits / 4);
        var root = (RootOf(square >> (2 * half)) + 1) << half; // not too small: so neither is what comes of it
        for (var next = (root + (square / root)) >> 1; next < root; next = (root + (square / root)) >> 1)
            root = next;
        return root;
    }
}
