using Roj.Kernel;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp;

/// <summary>One client's connection: bytes in, calls out, answers in, bytes out.</summary>
/// <remarks>
/// Whoever drives it gives it what came (<see cref="Receive"/>), takes calls until there are none for now (<see cref="TryTake"/>), answers
/// each whenever he can (<see cref="Answer"/>; at once is best), and sends <see cref="Output"/>. After each answer and each sending there
/// may be calls again. Replies leave in the order of the commands. Calls are under way together as long as nobody can tell: readings with
/// readings, and writings with writings of other keys; what comes next waits until those are answered.
/// One caller at a time. Nothing that a client sends makes it throw.
/// </remarks>
public sealed class RespSession
{
    /// <summary>While more bytes than this wait to be sent, or to be in turn, no command is looked at.</summary>
    public const int OutputBytesMax = 1024 * 1024;

    /// <summary>Bytes at most that come unlooked at before <see cref="WantsInput"/> says no.</summary>
    public const int InputBytesMax = 64 * 1024;

    /// <summary>Bytes of values at most that are under way to the store, but for the last.</summary>
    public const int WriteBytesMax = 32 * 1024 * 1024;

    /// <summary>Bytes at most that the answers to all that is under way are expected to have.</summary>
    public const int ReadBytesMax = 8 * 1024 * 1024;

    // Each answer teaches how long the next ones will be; the first are taken to be longer than most.
    private const int FirstExpectation = 64 * 1024;

    private readonly RespReader reader = new();
    private readonly RespWriter output = new();
    private readonly Replies replies;
    private readonly Conversation conversation;
    private readonly RespSettings settings;
    private readonly Traffic traffic = new();
    private RespErrand? present; // of which not all calls were taken yet: it is always the last in the queue
    private StorageCall? next;
    private int taken;
    private int expected = FirstExpectation;
    private bool isHalf;

    /// <summary>A client came.</summary>
    /// <exception cref="ArgumentException">No call may be under way.</exception>
    public RespSession(RespSettings settings, RespFacts facts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.CallsMax < 1)
            throw new ArgumentException("at least one call must be under way at a time", nameof(settings));
        this.settings = settings;
        replies = new Replies(output, settings.CallsMax);
        conversation = new Conversation(settings, facts, reader);
    }

    /// <summary>What clients are told of the node.</summary>
    public RespFacts Facts
    {
        get => conversation.Facts;
        set => conversation.Facts = value;
    }

    /// <summary>Whether the client has said the password, or need not: who has not, need not be waited for long.</summary>
    public bool IsTrusted => conversation.IsTrusted;

    /// <summary>Whether a wrong password was said, and nothing is looked at before <see cref="Resume"/>.</summary>
    public bool IsHeld => settings.HoldsAfterGuess && conversation.HasGuessed;

    /// <summary>Whether a command began to come, and did not end: who then says nothing more need not be waited for long.</summary>
    public bool IsAmid => isHalf && reader.IsAmid;

    /// <summary>What the client calls itself; empty if it has not said.</summary>
    public string Name => conversation.Name;

    /// <summary>What is to be sent. It stays as it is until <see cref="Sent"/>, whatever else comes meanwhile.</summary>
    public ReadOnlyMemory<byte> Output => output.Output;

    /// <summary>Whether more may come: not while the client takes too little of what he asked for, or asks for too much at a time. It is
    /// for whoever reads the socket to stop; what comes nevertheless is kept.</summary>
    public bool WantsInput => !conversation.IsOver && (isHalf || reader.Unread < InputBytesMax);

    /// <summary>Whether to hang up once <see cref="Output"/> is sent: the client said good-bye, or broke the rules.</summary>
    public bool IsOver => conversation.IsOver && replies.IsEmpty;

    /// <summary>How many calls were taken and not answered.</summary>
    public int UnderWay => traffic.Count;

    /// <summary>Bytes that wait: to be sent, or for their turn.</summary>
    public long Waiting => output.Length + replies.HeldBytes;

    /// <summary>This came. It need not be whole.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (!conversation.IsOver)
            reader.Append(bytes);
    }

    /// <summary>Whoever guessed may say something again.</summary>
    public void Resume() => conversation.HasGuessed = false;

    /// <summary>So many bytes of the output are gone.</summary>
    public void Sent(int bytes) => output.Sent(bytes);

    /// <summary>Gives memory back while there is nothing to do: for a client that has been silent for a while.</summary>
    public void Rest()
    {
        if (present is not null)
            return;
        reader.Rest();
        replies.Rest();
        output.Rest();
    }

    /// <summary>What the client wants next of the store. Commands that need no store are answered on the way.</summary>
    /// <param name="unixMilliseconds">Now, in milliseconds since 1970 (UTC).</param>
    /// <param name="call">What to do, and to answer.</param>
    /// <returns>False if there is nothing to be done before something else happens.</returns>
    public bool TryTake(long unixMilliseconds, out RespCall call)
    {
        conversation.Now = unixMilliseconds;
        call = default;
        if (present is null && !TryBegin())
            return false;
        next ??= present!.Next(taken, reader);
        if (next is null || !MayBegin(next))
            return false;
        var index = taken++;
        var isLast = !present!.HasMore(taken);
        call = new RespCall(replies.Begin(index, isLast), next);
        traffic.Begin(next);
        next = null;
        if (isLast)
            present = null;
        return true;
    }

    /// <summary>What the store says to a call.</summary>
    /// <param name="unixMilliseconds">Now, in milliseconds since 1970 (UTC).</param>
    /// <param name="call">To which, as it was taken.</param>
    /// <param name="answer">What.</param>
    public void Answer(long unixMilliseconds, in RespCall call, StorageAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        traffic.End(call.Call);
        var bytes = Answers.Bytes(answer);
        expected = Math.Max(bytes, expected / 2);
        replies.Answer(call.Id, answer, bytes, unixMilliseconds);
        if (present is null || taken == 0 || present.HasMore(taken))
            return;
        (present, next) = (null, null); // what came next was for this answer to say: nothing does
        replies.Close(unixMilliseconds);
    }

    // The next command: true if it wants something of the store.
    private bool TryBegin()
    {
        while (!conversation.IsOver && !IsHeld && !replies.IsFull && Waiting <= OutputBytesMax)
        {
            switch (reader.TryRead())
            {
                case ReadStatus.NeedMore:
                    isHalf = true;
                    return false;
                case ReadStatus.Malformed:
                    conversation.HangUp(replies.Now(conversation.Version), $"ERR {reader.Error}");
                    replies.Said();
                    return false;
                default:
                    isHalf = false;
                    break;
            }

            present = conversation.Hear(replies.Now(conversation.Version));
            if (present is not null)
            {
                (next, taken) = (conversation.Call, 0);
                replies.Expect(present, conversation.Version);
                return true;
            }

            replies.Said();
        }

        isHalf = false;
        return false;
    }

    private bool MayBegin(StorageCall call) =>
        traffic.Count == 0
        || (traffic.Count < settings.CallsMax
            && Waiting - replies.OpenBytes <= OutputBytesMax
            && traffic.WriteBytes < WriteBytesMax
            && (call.IsWrite || (long)expected * traffic.Count < ReadBytesMax)
            && traffic.Suffers(call));
}
