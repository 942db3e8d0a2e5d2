using System.Buffers;
using System.Globalization;

namespace Roj.Files.Bencoding;

/// <summary>Writes bencoding (BEP 3) into a buffer of its own that grows.</summary>
/// <remarks>What it can't write rightly is the caller's mistake: each method throws <see cref="InvalidOperationException"/> where its
/// value or key has no place, and <see cref="Key"/> where the key isn't after the one before it, in the order of bytes.</remarks>
public sealed class BencodeWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Stack<Container> open = [];

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    /// <summary>A copy of what was written: whole values only.</summary>
    /// <exception cref="InvalidOperationException">A list or dictionary has not been ended.</exception>
    public byte[] ToArray()
    {
        Expect(open.Count == 0, "not everything that was begun has been ended");
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a whole number.</summary>
    public void Integer(long value)
    {
        BeginValue();
        var destination = buffer.GetSpan(22); // i, a sign, 19 digits, e
        destination[0] = (byte)'i';
        value.TryFormat(destination[1..], out var digits, default, CultureInfo.InvariantCulture);
        destination[1 + digits] = (byte)'e';
        buffer.Advance(digits + 2);
    }

    /// <summary>Writes a string of bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        BeginValue();
        WriteBytes(value);
    }

    /// <summary>Writes one value that is already bencoded, as it is.</summary>
    /// <exception cref="ArgumentException">It is not exactly one value.</exception>
    public void Raw(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || BencodeGrammar.Measure(value) != value.Length)
            throw new ArgumentException("not one bencoded value", nameof(value));
        BeginValue();
        buffer.Write(value);
    }

    /// <summary>Begins a list: values follow, then <see cref="End"/>.</summary>
    public void BeginList() => Begin('l', isDictionary: false);

    /// <summary>Begins a dictionary: keys and values follow in turn, then <see cref="End"/>.</summary>
    public void BeginDictionary() => Begin('d', isDictionary: true);

    /// <summary>Writes the key of the value that follows.</summary>
    public void Key(ReadOnlySpan<byte> key)
    {
        Expect(open.TryPeek(out var dictionary) && dictionary is { IsDictionary: true, AwaitsValue: false }, "no key belongs here");
        var last = buffer.WrittenSpan[dictionary!.LastKey];
        Expect(dictionary.IsEmpty || key.SequenceCompareTo(last) > 0, "this key belongs before the one that was written last");
        WriteBytes(key);
        dictionary.LastKey = (buffer.WrittenCount - key.Length)..buffer.WrittenCount;
        (dictionary.AwaitsValue, dictionary.IsEmpty) = (true, false);
    }

    /// <summary>Ends the list or dictionary that was begun last.</summary>
    public void End()
    {
        Expect(open.TryPeek(out var container) && !container.AwaitsValue, "nothing can end here");
        open.Pop();
        WriteByte('e');
    }

    private void Begin(char mark, bool isDictionary)
    {
        BeginValue();
        WriteByte(mark);
        open.Push(new Container { IsDictionary = isDictionary });
    }

    private void BeginValue()
    {
        if (!open.TryPeek(out var container) || !container.IsDictionary)
            return;
        Expect(container.AwaitsValue, "a key belongs here");
        container.AwaitsValue = false;
    }

    private void WriteBytes(ReadOnlySpan<byte> value)
    {
        var destination = buffer.GetSpan(11); // ten digits and the colon
        value.Length.TryFormat(destination, out var digits, default, CultureInfo.InvariantCulture);
        destination[digits] = (byte)':';
        buffer.Advance(digits + 1);
        buffer.Write(value);
    }

    private void WriteByte(char mark)
    {
        buffer.GetSpan(1)[0] = (byte)mark;
        buffer.Advance(1);
    }

    private static void Expect(bool condition, string what)
    {
        if (!condition)
            throw new InvalidOperationException(what);
    }

    private sealed class Container
    {
        internal bool IsDictionary { get; init; }

        internal bool IsEmpty { get; set; } = true;

        internal bool AwaitsValue { get; set; }

        internal Range LastKey { get; set; } = ..0;
    }
}
