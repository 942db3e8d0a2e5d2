using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Reads one frame from the front of what came so far.</summary>
/// <typeparam name="T">What a frame says.</typeparam>
/// <param name="input">What came so far.</param>
/// <param name="frame">What the frame says.</param>
/// <param name="consumed">How long it is.</param>
internal delegate ReadStatus FrameReader<T>(ReadOnlySpan<byte> input, out T? frame, out int consumed);

/// <summary>How frames of one kind are written and read.</summary>
/// <typeparam name="T">What a frame says.</typeparam>
/// <param name="LengthMax">Bytes of a frame at most.</param>
/// <param name="Write">The whole frame.</param>
/// <param name="TryRead">Reads one.</param>
internal sealed record FrameCodec<T>(int LengthMax, Func<T, byte[]> Write, FrameReader<T> TryRead)
    where T : class;
