using System.Text;
using Roj.Kernel;

namespace Roj.Storage.Resp;

/// <summary>A reply of a store, as a client reads it (RESP 2).</summary>
public abstract record RespReply
{
    /// <summary>Bytes of a line at most.</summary>
    public const int LineBytesMax = 4 * 1024;

    /// <summary>Bytes of a string at most: a value, or a key.</summary>
    public const int StringBytesMax = StorageLimits.ValueBytesMax;

    /// <summary>Replies within a list at most.</summary>
    public const int ListMax = 1 << 20;

    /// <summary>Bytes of a whole reply at most.</summary>
    public const int LengthMax = 256 << 20;

    private const int DepthMax = 2; // as SCAN has it: a cursor and a list

    private RespReply()
    {
    }

    /// <summary>A word, such as <c>OK</c>.</summary>
    public sealed record Word(string Text) : RespReply;

    /// <summary>It could not be done.</summary>
    public sealed record Error(string Text) : RespReply;

    /// <summary>A number.</summary>
    public sealed record Number(long Value) : RespReply;

    /// <summary>Bytes; null for nothing.</summary>
    public sealed record Data(ReadOnlyMemory<byte>? Bytes) : RespReply;

    /// <summary>Several replies.</summary>
    public sealed record List(IReadOnlyList<RespReply> Items) : RespReply;

    /// <summary>Reads one from the front.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="reply">What it says; strings are copies, made only when all of it is there.</param>
    /// <param name="consumed">How long it is.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out RespReply? reply, out int consumed)
    {
        (reply, consumed) = (null, 0);
        var status = Pass(input, DepthMax, out var end);
        if (status is ReadStatus.Done && end > LengthMax)
            return ReadStatus.Malformed;
        if (status is not ReadStatus.Done)
            return input.Length >= LengthMax ? ReadStatus.Malformed : status;
        reply = Make(input[..end], out consumed);
        return ReadStatus.Done;
    }

    // Where it ends.
    private static ReadStatus Pass(ReadOnlySpan<byte> input, int depth, out int end)
    {
        end = 0;
        var status = Line(input, out var line);
        if (status is not ReadStatus.Done)
            return status;
        end = line.Length + 3;
        var isNumber = Digits.TryParse(line, out long number);
        switch ((char)input[0])
        {
            case '+' or '-':
                return ReadStatus.Done;
            case ':':
                return isNumber ? ReadStatus.Done : ReadStatus.Malformed;
            case '$' when isNumber && number is >= -1 and <= StringBytesMax:
                if (number < 0)
                    return ReadStatus.Done;
                var after = end + (int)number;
                end = after + 2;
                return input.Length < end ? ReadStatus.NeedMore
                    : input[after..end].SequenceEqual("\r\n"u8) ? ReadStatus.Done
                    : ReadStatus.Malformed;
            case '*' when isNumber && number is >= 0 and <= ListMax && depth > 0:
                for (var i = 0; i < number && status is ReadStatus.Done; i++)
                {
                    status = Pass(input[end..], depth - 1, out var next);
                    end += next;
                }

                return status;
            default:
                return ReadStatus.Malformed;
        }
    }

    // Without the first byte and the end of the line.
    private static ReadStatus Line(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        line = default;
        var end = input.IndexOf((byte)'\n');
        if (end > LineBytesMax || (end < 0 && input.Length > LineBytesMax))
            return ReadStatus.Malformed;
        if (end < 0)
            return ReadStatus.NeedMore;
        if (end < 2 || input[end - 1] != '\r')
            return ReadStatus.Malformed;
        line = input[1..(end - 1)];
        return ReadStatus.Done;
    }

    private static RespReply Make(ReadOnlySpan<byte> input, out int consumed)
    {
        Check.That(Line(input, out var line) is ReadStatus.Done);
        consumed = line.Length + 3;
        _ = Digits.TryParse(line, out long number); // 0 where it is a word
        switch ((char)input[0])
        {
            case '+':
                return new Word(Encoding.UTF8.GetString(line));
            case '-':
                return new Error(Encoding.UTF8.GetString(line));
            case ':':
                return new Number(number);
            case '$' when number < 0:
                return new Data(null);
            case '$':
                var data = new Data(input.Slice(consumed, (int)number).ToArray());
                consumed += (int)number + 2;
                return data;
            default:
                var items = new RespReply[(int)number];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = Make(input[consumed..], out var next);
                    consumed += next;
                }

                return new List(items);
        }
    }
}
