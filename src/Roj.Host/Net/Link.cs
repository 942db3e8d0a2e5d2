using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>What there is between this node and another one: one connection at most, or the way to one.</summary>
/// <typeparam name="T">What is said by it.</typeparam>
/// <param name="peer">The other one.</param>
internal sealed class Link<T>(NodeId peer)
    where T : class
{
    private const int PendingBytesMax = 1 << 20;

    private readonly List<byte[]> pending = [];
    private int pendingBytes;
    private int failures;

    /// <summary>The other node.</summary>
    public NodeId Peer => peer;

    /// <summary>The connection; null while there is none.</summary>
    public FrameStream<T>? Stream { get; private set; }

    /// <summary>Whether this node made it.</summary>
    public bool IsOurs { get; private set; }

    /// <summary>In which of the other node's lives.</summary>
    public uint Boot { get; private set; }

    /// <summary>Whether something is still here that was to be said.</summary>
    public bool IsSpeaking => Stream?.IsSending ?? pending.Count > 0;

    /// <summary>Since when there is one.</summary>
    public Instant Since { get; private set; }

    /// <summary>Whether a call is under way.</summary>
    public bool IsCalling { get; set; }

    /// <summary>Before this it is not called again.</summary>
    public Instant CallAt { get; private set; }

    /// <summary>When something was said last, either way.</summary>
    public Instant UsedAt { get; set; }

    /// <summary>There is a connection: what waited for one goes out by it.</summary>
    public void Attach(FrameStream<T> stream, bool isOurs, uint boot, Instant now)
    {
        var before = Stream;
        (Stream, IsOurs, Boot, Since, UsedAt, failures) = (stream, isOurs, boot, now, now, 0);
        before?.Dispose();
        foreach (var frame in pending)
            stream.TryWrite(frame);
        Forget();
    }

    /// <summary>A connection has ended.</summary>
    /// <returns>Whether it was this one.</returns>
    public bool Detach(FrameStream<T> stream)
    {
        if (Stream != stream)
            return false; // another one has taken its place
        Stream = null;
        return true;
    }

    /// <summary>Has a frame sent, or wait for a connection.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryWrite(byte[] frame)
    {
        if (Stream is { } stream)
            return stream.TryWrite(frame);
        if (pendingBytes > 0 && pendingBytes + frame.Length > PendingBytesMax)
            return false;
        pending.Add(frame);
        pendingBytes += frame.Length;
        return true;
    }

    /// <summary>A call came to nothing: what waited for it is not said any more.</summary>
    /// <returns>How many messages that were.</returns>
    public int Failed(Instant now, TimeSpan pause, TimeSpan pauseMax)
    {
        var doubled = pause * (1 << Math.Min(failures++, 10));
        CallAt = now + (doubled < pauseMax ? doubled : pauseMax);
        return Forget();
    }

    /// <summary>Hangs up, and says nothing of what waited.</summary>
    /// <returns>How many messages that were.</returns>
    public int Close()
    {
        Stream?.Dispose();
        Stream = null;
        return Forget();
    }

    /// <summary>The same, and what is on its way does not arrive.</summary>
    /// <returns>How many messages waited.</returns>
    public int Abort()
    {
        Stream?.Abort();
        return Close();
    }

    /// <summary>The other node is gone: when it is back it may be called at once.</summary>
    public void Forgive() => (failures, CallAt) = (0, default);

    private int Forget()
    {
        var count = pending.Count;
        pending.Clear();
        pendingBytes = 0;
        return count;
    }
}
