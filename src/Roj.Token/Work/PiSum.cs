using System.Numerics;

namespace Roj.Token.Work;

/// <summary>A sum of some of pi's terms, as three whole numbers (see <see cref="Pi"/>).</summary>
/// <param name="P">The product of the terms' numerators.</param>
/// <param name="Q">The product of their denominators.</param>
/// <param name="T">The sum, by <paramref name="Q"/>.</param>
internal sealed record PiSum(BigInteger P, BigInteger Q, BigInteger T);
