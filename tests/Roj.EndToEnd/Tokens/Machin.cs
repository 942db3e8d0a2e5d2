using System.Globalization;
using System.Numerics;

namespace Roj.EndToEnd.Tokens;

/// <summary>π by another series than the program's (Machin, 1706): 16 arctan 1/5 - 4 arctan 1/239.</summary>
internal static class Machin
{
    private const int Guard = 10;

    /// <summary>3, a point, and so many decimals.</summary>
    public static string Pi(int decimals)
    {
        var unit = BigInteger.Pow(10, decimals + Guard);
        var pi = (16 * ArcTangent(unit, 5)) - (4 * ArcTangent(unit, 239));
        var digits = (pi / BigInteger.Pow(10, Guard)).ToString(CultureInfo.InvariantCulture);
        return $"{digits[0]}.{digits[1..]}";
    }

    private static BigInteger ArcTangent(BigInteger unit, int of)
    {
        var power = unit / of;
        var sum = power;
        for (var n = 3; !power.IsZero; n += 2)
        {
            power /= -of * of;
            sum += power / n;
        }

        return sum;
    }
}
