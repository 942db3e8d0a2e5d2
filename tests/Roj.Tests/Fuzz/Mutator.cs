using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Tests.Fuzz;

/// <summary>Damages right inputs the way broken and hostile senders do. The same seed damages them the same way everywhere.</summary>
internal sealed class Mutator(Rng rng)
{
    private const int LengthMax = 4096;

    /// <summary>Numbers at which programs go wrong, as they stand in text.</summary>
    private static readonly byte[][] Numbers =
    [
        "0"u8.ToArray(), "-0"u8.ToArray(), "-1"u8.ToArray(), "00"u8.ToArray(), "1"u8.ToArray(), "255"u8.ToArray(), "256"u8.ToArray(),
        "65536"u8.ToArray(), "1048577"u8.ToArray(), "2147483647"u8.ToArray(), "2147483648"u8.ToArray(), "4294967296"u8.ToArray(),
        "9007199254740993"u8.ToArray(), "9223372036854775807"u8.ToArray(), "9223372036854775808"u8.ToArray(), "1e9"u8.ToArray(),
    ];

    /// <summary>The same in four bytes.</summary>
    private static readonly uint[] Words = [0, 1, 13, 0x3FFF, 0x4000, 0x100000, 0x100001, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    /// <summary>One of <paramref name="corpus"/> with one to eight damages, or, now and then, none.</summary>
    internal byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>(rng.Pick(corpus));
        for (var damages = rng.Next(9); damages > 0; damages--)
            Damage(bytes, corpus);
        if (bytes.Count > LengthMax)
            bytes.RemoveRange(LengthMax, bytes.Count - LengthMax);
        return [.. bytes];
    }

    private void Damage(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        var at = rng.Next(bytes.Count + 1);
        var count = Math.Min(1 + rng.Next(1 + rng.Next(64)), bytes.Count - at);
        switch (rng.Next(10))
        {
            case 0 when at < bytes.Count: // one bit
                bytes[at] ^= (byte)(1 << rng.Next(8));
                break;
            case 1 when at < bytes.Count: // one byte
                bytes[at] = (byte)rng.Next(256);
                break;
            case 2: // cut off
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3: // cut out
                bytes.RemoveRange(at, count);
                break;
            case 4: // twice
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            case 5: // garbage
                var garbage = new byte[1 + rng.Next(16)];
                rng.Fill(garbage);
                bytes.InsertRange(at, garbage);
                break;
            case 6: // a piece of another input
                var other = rng.Pick(corpus);
                var from = rng.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, rng.Next(other.Length - from + 1)));
                break;
            case 7: // another number, in text
                ReplaceDigits(bytes, at);
                break;
            case 8 when bytes.Count >= 4: // another number, in four bytes
                var word = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(word, rng.Pick(Words));
                at = rng.Next(bytes.Count - 3);
                bytes.RemoveRange(at, 4);
                bytes.InsertRange(at, word);
                break;
            default: // what opens and closes
                bytes.InsertRange(at, Enumerable.Repeat("lde[]{}\",:i-"u8[rng.Next(12)], rng.Chance(1, 20) ? 100 : 1));
                break;
        }
    }

    private void ReplaceDigits(List<byte> bytes, int at)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at]))
            at++;
        while (at < bytes.Count && char.IsAsciiDigit((char)bytes[at]))
            bytes.RemoveAt(at);
        bytes.InsertRange(at, rng.Pick(Numbers));
    }
}
