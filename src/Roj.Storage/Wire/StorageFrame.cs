using Roj.Kernel;

namespace Roj.Storage.Wire;

/// <summary>A <see cref="StorageMessage"/> as a frame of a stream. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  +----------+-----------+--------+------+
///  | 4 length | 1 version | 1 kind | body |   the bodies: <see cref="StorageCodec"/>
///  +----------+-----------+--------+------+
///    of what follows
/// </code>
/// </remarks>
public static class StorageFrame
{
    /// <summary>Bytes of a frame at most: a hint of the longest key and value.</summary>
    public const int LengthMax =
        Begin + HeaderLength + sizeof(ulong) + NodeId.Length + StorageCodec.KeyLengthMax
        + EntryCodec.HeadBytesMax + StorageLimits.ValueBytesMax;

    private const byte Version = 1;
    private const int Begin = 4;
    private const int HeaderLength = 2;

    /// <summary>The whole frame.</summary>
    /// <exception cref="ArgumentException">It says more than a frame may.</exception>
    public static byte[] Write(StorageMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var length = StorageCodec.LengthOf(message);
        if (length > LengthMax - Begin - HeaderLength)
            throw new ArgumentException($"{length} bytes are too many for a frame", nameof(message));
        var frame = GC.AllocateUninitializedArray<byte>(Begin + HeaderLength + (int)length);
        var writer = new ByteWriter(frame);
        writer.UInt32((uint)(frame.Length - Begin));
        writer.Byte(Version);
        writer.Byte(StorageCodec.KindOf(message));
        StorageCodec.Write(ref writer, message);
        Check.That(writer.Written == frame.Length);
        return frame;
    }

    /// <summary>Reads one frame from the front.</summary>
    /// <param name="input">What came so far.</param>
    /// <param name="message">What it says; keys and values are copies.</param>
    /// <param name="consumed">How long the frame is.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out StorageMessage? message, out int consumed)
    {
        (message, consumed) = (null, 0);
        if (input.Length < Begin)
            return ReadStatus.NeedMore;
        var length = new ByteReader(input).UInt32();
        if (length is < HeaderLength or > LengthMax - Begin || (input.Length > Begin && input[Begin] != Version))
            return ReadStatus.Malformed;
        if (input.Length < Begin + (int)length)
            return ReadStatus.NeedMore;
        message = StorageCodec.Read(input[Begin + 1], input.Slice(Begin + HeaderLength, (int)length - HeaderLength));
        if (message is null)
            return ReadStatus.Malformed;
        consumed = Begin + (int)length;
        return ReadStatus.Done;
    }
}
