using Roj.Kernel;

namespace Roj.Storage.Resp;

/// <summary>Finds the commands in what a client sends: arrays of bulk strings, or lines of words.</summary>
/// <remarks>
/// <code>
///   *3\r\n  $3\r\nSET\r\n  $1\r\na\r\n  $2\r\n10\r\n       what programs send; each length stands before what it is of
///   SET a "10"\r\n                                         what people send by telnet: only if they are trusted
/// </code>
/// Nothing is looked at twice, however torn it comes, and no memory is taken for what was only announced.
/// The arguments lie in the reader's own buffer: they are there until the next call of <see cref="TryRead"/>.
/// </remarks>
internal sealed class RespReader
{
    /// <summary>Arguments of a command at most, its name among them.</summary>
    public const int ArgumentsMax = 1024 * 1024;

    /// <summary>Bytes of an argument at most: more than a value may have, so that a value that is too long by little is refused in words,
    /// and the next command is heard.</summary>
    public const int ArgumentBytesMax = StorageLimits.ValueBytesMax + StorageLimits.KeyBytesMax;

    /// <summary>Bytes of a command at most, with all that stands around its arguments.</summary>
    public const int CommandBytesMax = 32 * 1024 * 1024;

    /// <summary>Bytes of a line at most.</summary>
    public const int LineBytesMax = 64 * 1024;

    /// <summary>Arguments at most of who is not trusted.</summary>
    public const int StrangerArgumentsMax = 10;

    /// <summary>Bytes of an argument at most of who is not trusted.</summary>
    public const int StrangerArgumentBytesMax = 16 * 1024;

    /// <summary>Bytes of the buffer that is kept between commands at most.</summary>
    public const int KeptBytes = 64 * 1024;

    private const int FirstBytes = 1024;
    private const int LengthBytesMax = 32; // a sign, the digits of 64 bits, and some to be wrong in
    private const int NoLength = -1;

    private byte[] buffer = new byte[FirstBytes];
    private (int Offset, int Length)[] arguments = new (int, int)[8]; // offsets from the start of the command
    private int start;
    private int position;
    private int end;
    private int missing;
    private int length = NoLength;
    private bool isInLine;

    /// <summary>Whether who sends has said who he is, where that is asked for.</summary>
    public bool IsTrusted { get; set; } = true;

    /// <summary>Arguments of the command that was read, its name among them.</summary>
    public int Count { get; private set; }

    /// <summary>What is wrong with what came, in Redis's words where it has some; null while nothing is. There is nothing more to be
    /// read then.</summary>
    public string? Error { get; private set; }

    /// <summary>Bytes that came and are no part of a command yet that was read.</summary>
    public int Unread => end - position;

    /// <summary>Whether a command began to come, and did not end.</summary>
    public bool IsAmid => missing > 0 || isInLine || position < end;

    // A method, a path, a version: no command has such arguments, but what a browser says next might be one.
    private bool IsHttp => Count == 3 && this[1].StartsWith("/"u8) && this[2].StartsWith("HTTP/"u8);

    /// <summary>One argument of the command that was read; the first is its name.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            Check.That(index < Count, "an argument that was not read");
            var (offset, bytes) = arguments[index];
            return buffer.AsSpan(start + offset, bytes);
        }
    }

    /// <summary>More came.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(end));
        end += bytes.Length;
    }

    /// <summary>Gives memory back, if nothing came that was not read. The command that was read is gone.</summary>
    public void Rest()
    {
        if (IsAmid)
            return;
        Forget();
        if (buffer.Length > FirstBytes)
            buffer = new byte[FirstBytes];
    }

    /// <summary>Reads the next command; the one before is gone.</summary>
    public ReadStatus TryRead()
    {
        if (Error is not null)
            return ReadStatus.Malformed;
        while (missing == 0)
        {
            if (!isInLine)
                Forget();
            if (position == end)
                return ReadStatus.NeedMore;
            isInLine |= buffer[position] != '*';
            if ((isInLine ? ReadLine() : ReadCount()) is not ReadStatus.Done and var status)
                return status;
            if (Count > 0)
                return ReadStatus.Done;
        }

        while (missing > 0)
        {
            if (ReadArgument() is not ReadStatus.Done and var status)
                return status;
        }

        return ReadStatus.Done;
    }

    // An empty command is none, as in Redis.
    private ReadStatus ReadCount()
    {
        var status = ReadLength(out var count, "invalid multibulk length", "too big mbulk count string");
        if (status is not ReadStatus.Done)
            return status;
        if (count is < 0 or > ArgumentsMax)
            return Fail("invalid multibulk length");
        if (count > StrangerArgumentsMax && !IsTrusted)
            return Fail("unauthenticated multibulk length");
        missing = (int)count;
        return ReadStatus.Done;
    }

    private ReadStatus ReadArgument()
    {
        if (length == NoLength)
        {
            if (position == end)
                return ReadStatus.NeedMore;
            if (buffer[position] != '$')
                return Fail($"expected '$', got '{Shown(buffer[position])}'");
            var status = ReadLength(out var announced, "invalid bulk length", "too big bulk count string");
            if (status is not ReadStatus.Done)
                return status;
            if (announced is < 0 or > ArgumentBytesMax)
                return Fail("invalid bulk length");
            if (announced > StrangerArgumentBytesMax && !IsTrusted)
                return Fail("unauthenticated bulk length");
            if (position - start + announced + 2 > CommandBytesMax)
                return Fail($"a command has at most {CommandBytesMax} bytes");
            length = (int)announced;
        }

        if (end - position < length + 2)
            return ReadStatus.NeedMore;
        if (buffer[position + length] != '\r' || buffer[position + length + 1] != '\n')
            return Fail("expected CRLF after a bulk string");
        Keep(position - start, length);
        position += length + 2;
        length = NoLength;
        missing--;
        return ReadStatus.Done;
    }

    // A sign that says of what it is, a number, CRLF.
    private ReadStatus ReadLength(out long number, string broken, string endless)
    {
        number = 0;
        var seen = buffer.AsSpan(position + 1, Math.Min(end - position - 1, LengthBytesMax));
        if (seen.Length > 2 && seen[1] == '\r' && seen[2] == '\n' && seen[0] is >= (byte)'0' and <= (byte)'9')
        {
            number = seen[0] - '0'; // most lengths
            position += 4;
            return ReadStatus.Done;
        }

        var digits = seen.IndexOf((byte)'\r');
        if (digits < 0)
            return seen.Length < LengthBytesMax ? ReadStatus.NeedMore : Fail(endless);
        if (position + 1 + digits + 1 >= end)
            return ReadStatus.NeedMore;
        if (!Digits.TryParse(seen[..digits], out number) || buffer[position + 1 + digits + 1] != '\n')
            return Fail(broken);
        position += 1 + digits + 2;
        return ReadStatus.Done;
    }

    private ReadStatus ReadLine()
    {
        if (!IsTrusted)
            return Fail($"expected '*', got '{Shown(buffer[position])}'");
        // What was looked at holds no end of a line.
        var ahead = buffer.AsSpan(position, end - position).IndexOf((byte)'\n');
        position = ahead < 0 ? end : position + ahead;
        var bytes = position - start;
        if (bytes > LineBytesMax)
            return Fail("too big inline request");
        if (ahead < 0)
            return ReadStatus.NeedMore;
        position++;
        isInLine = false;
        if (!Words.TrySplit(buffer.AsSpan(start, bytes), this))
            return Fail("unbalanced quotes in request");
        return IsHttp ? Fail("this is no HTTP server") : ReadStatus.Done;
    }

    /// <summary>One more argument of the command that begins at the start.</summary>
    internal void Keep(int offset, int bytes)
    {
        if (Count == arguments.Length)
            Array.Resize(ref arguments, Count * 2);
        arguments[Count++] = (offset, bytes);
    }

    private ReadStatus Fail(string error)
    {
        Error = $"Protocol error: {error}";
        Count = 0;
        return ReadStatus.Malformed;
    }

    // Line ends would end the reply: Redis makes blanks of them too.
    private static char Shown(byte found) => found is (byte)'\r' or (byte)'\n' ? ' ' : (char)found;

    private void Forget()
    {
        if (Count > 1024)
            arguments = new (int, int)[8];
        Count = 0;
        start = position;
        if (start == end)
            start = position = end = 0;
        if (buffer.Length > 2 * KeptBytes && end - start <= KeptBytes)
            MoveTo(new byte[KeptBytes]);
    }

    private void MakeRoom(int bytes)
    {
        if (buffer.Length - end >= bytes)
            return;
        var needed = end - start + bytes;
        // Moved within the buffer only if half of it is free then, so that each byte is moved once on average.
        MoveTo(needed <= buffer.Length / 2 ? buffer : new byte[Math.Max(needed, Math.Min(buffer.Length * 2, CommandBytesMax + KeptBytes))]);
    }

    private void MoveTo(byte[] target)
    {
        buffer.AsSpan(start, end - start).CopyTo(target);
        position -= start;
        end -= start;
        start = 0;
        buffer = target;
    }
}
