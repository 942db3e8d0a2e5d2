using System.Text;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What a register is called: bytes, compared as such.</summary>
public readonly struct RegisterName : IComparable<RegisterName>, IEquatable<RegisterName>
{
    /// <summary>Bytes of a name at most.</summary>
    public const int BytesMax = (64 * 1024) + 32; // a key of the store, and what its wing puts before it

    private readonly ReadOnlyMemory<byte> bytes;

    /// <summary>A name; the bytes must not change any more.</summary>
    /// <exception cref="ArgumentException">It is empty, or too long.</exception>
    public RegisterName(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length is 0 or > BytesMax)
            throw new ArgumentException($"a name has 1 to {BytesMax} bytes", nameof(bytes));
        this.bytes = bytes;
    }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    /// <summary>Whether two names are the same.</summary>
    public static bool operator ==(RegisterName left, RegisterName right) => left.Equals(right);

    /// <summary>Whether two names differ.</summary>
    public static bool operator !=(RegisterName left, RegisterName right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(RegisterName left, RegisterName right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(RegisterName left, RegisterName right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(RegisterName left, RegisterName right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(RegisterName left, RegisterName right) => left.CompareTo(right) >= 0;

    /// <summary>A name of the system's own, in ASCII.</summary>
    public static RegisterName Of(string text) => new(Encoding.ASCII.GetBytes(text));

    /// <summary>The name as text; what is no UTF-8 is replaced.</summary>
    public string ToText() => Encoding.UTF8.GetString(Bytes);

    /// <inheritdoc/>
    public int CompareTo(RegisterName other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <inheritdoc/>
    public bool Equals(RegisterName other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RegisterName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Hashes.Of(Bytes);

    /// <summary>For logs and traces: bytes that are no ASCII as dots.</summary>
    public override string ToString() => string.Create(Math.Min(bytes.Length, 64), bytes, static (text, bytes) =>
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = bytes.Span[i] is > 31 and < 127 ? (char)bytes.Span[i] : '.';
    });
}
