namespace Roj.Storage.Resp;

/// <summary>The calls of one connection that are under way, and which may join them so that nobody can tell: its client sees what it wrote,
/// and what was asked for first was done first.</summary>
internal sealed class Traffic
{
    private readonly SortedSet<StorageKey> written = [];
    private bool isWriting;
    private bool isAlone;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the values that are being written.</summary>
    public long WriteBytes { get; private set; }

    /// <summary>Whether one more may join.</summary>
    public bool Suffers(StorageCall call) =>
        Count == 0
        || (call.IsWrite == isWriting && !isAlone && (!call.IsWrite || (call.Subject is { } key && !written.Contains(key))));

    /// <summary>One more.</summary>
    public void Begin(StorageCall call)
    {
        Count++;
        isWriting = call.IsWrite;
        if (!isWriting)
            return;
        WriteBytes += Bytes(call);
        if (call.Subject is { } key)
            written.Add(key);
        else
            isAlone = true;
    }

    /// <summary>One less.</summary>
    public void End(StorageCall call)
    {
        Count--;
        if (!call.IsWrite)
            return;
        WriteBytes -= Bytes(call);
        isAlone = false;
        if (call.Subject is { } key)
            written.Remove(key);
    }

    private static int Bytes(StorageCall call) => call switch
    {
        StorageCall.Write write => write.Value.Length,
        StorageCall.Append append => append.Tail.Length,
        _ => 0,
    };
}
