using System.Buffers.Text;
using System.Text;
using Roj.Kernel;

namespace Roj.Storage.Resp;

/// <summary>What is to be said to a client, in version 2 or 3 of the protocol.</summary>
internal sealed class RespWriter
{
    /// <summary>Bytes of the buffer that is kept while nothing waits at most.</summary>
    public const int KeptBytes = 256 * 1024;

    private const int FirstBytes = 1024;

    private byte[] buffer = new byte[FirstBytes];
    private int start;
    private int end;

    /// <summary>2 or 3.</summary>
    public int Version { get; set; } = 2;

    /// <summary>What was not sent yet. It stays as it is while more is written, until <see cref="Sent"/>.</summary>
    public ReadOnlyMemory<byte> Output => buffer.AsMemory(start, end - start);

    /// <summary>Bytes that were not sent yet.</summary>
    public int Length => end - start;

    /// <summary>So much of the output is gone.</summary>
    public void Sent(int bytes)
    {
        Check.That(bytes >= 0 && bytes <= Length, "more was sent than was written");
        start += bytes;
        if (start < end)
            return;
        start = end = 0;
        if (buffer.Length > KeptBytes)
            buffer = GC.AllocateUninitializedArray<byte>(KeptBytes);
    }

    /// <summary>Gives memory back, if nothing waits.</summary>
    public void Rest()
    {
        if (Length == 0 && buffer.Length > FirstBytes)
            buffer = new byte[FirstBytes];
    }

    /// <summary>Bytes that are in the protocol already.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        end += bytes.Length;
    }

    /// <summary>A word such as OK.</summary>
    public void Simple(ReadOnlySpan<byte> word)
    {
        var room = Room(word.Length + 3);
        room[0] = (byte)'+';
        word.CopyTo(room[1..]);
        End(room, word.Length + 1);
    }

    /// <summary>A word such as OK.</summary>
    public void Simple(string word) => Simple(Encoding.ASCII.GetBytes(word));

    /// <summary>OK.</summary>
    public void Ok() => Raw("+OK\r\n"u8);

    /// <summary>An error: a word in capitals, and a sentence. Line ends become blanks.</summary>
    public void Error(string text) => Error(Encoding.UTF8.GetBytes(text));

    /// <summary>An error, of which what a client sent may be a part.</summary>
    public void Error(ReadOnlySpan<byte> text)
    {
        text = text.Trim("\r\n"u8);
        var room = Room(text.Length + 3);
        room[0] = (byte)'-';
        text.CopyTo(room[1..]);
        var said = room[1..(text.Length + 1)];
        said.Replace((byte)'\r', (byte)' ');
        said.Replace((byte)'\n', (byte)' ');
        End(room, text.Length + 1);
    }

    /// <summary>A whole number.</summary>
    public void Number(long number) => Header(':', number);

    /// <summary>Bytes.</summary>
    public void Bulk(ReadOnlySpan<byte> bytes)
    {
        Header('$', bytes.Length);
        var room = Room(bytes.Length + 2);
        bytes.CopyTo(room);
        End(room, bytes.Length);
    }

    /// <summary>Text.</summary>
    public void Bulk(string text) => Bulk(Encoding.UTF8.GetBytes(text));

    /// <summary>Text that is to be shown as it is.</summary>
    public void Verbatim(string text)
    {
        if (Version < 3)
        {
            Bulk(text);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Header('=', bytes.Length + 4);
        Raw("txt:"u8);
        Raw(bytes);
        Raw("\r\n"u8);
    }

    /// <summary>Nothing.</summary>
    public void Null() => Raw(Version < 3 ? "$-1\r\n"u8 : "_\r\n"u8);

    /// <summary>So many things follow.</summary>
    public void Array(int count) => Header('*', count);

    /// <summary>So many things follow, whose order means nothing.</summary>
    public void Set(int count) => Header(Version < 3 ? '*' : '~', count);

    /// <summary>So many pairs follow.</summary>
    public void Map(int pairs)
    {
        if (Version < 3)
            Array(2 * pairs);
        else
            Header('%', pairs);
    }

    private void Header(char sign, long number)
    {
        var room = Room(1 + Digits.LengthMax + 2);
        room[0] = (byte)sign;
        Utf8Formatter.TryFormat(number, room[1..], out var digits);
        End(room, digits + 1);
    }

    private void End(Span<byte> room, int written)
    {
        room[written] = (byte)'\r';
        room[written + 1] = (byte)'\n';
        end += written + 2;
    }

    // What waits is never moved within its array: it may be on its way into a socket.
    private Span<byte> Room(int bytes)
    {
        if (buffer.Length - end < bytes)
        {
            var larger = GC.AllocateUninitializedArray<byte>(
                Math.Max(Length + bytes, (int)Math.Min(2L * buffer.Length, System.Array.MaxLength)));
            buffer.AsSpan(start, Length).CopyTo(larger);
            (buffer, end, start) = (larger, Length, 0);
        }

        return buffer.AsSpan(end);
    }
}
