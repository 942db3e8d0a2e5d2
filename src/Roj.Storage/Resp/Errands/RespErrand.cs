using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>What a command wants of the store, and what it makes of the answers. Most have one call, and remember nothing.</summary>
internal abstract class RespErrand
{
    /// <summary>Whether more calls are to be taken, or may be: after so many.</summary>
    public virtual bool HasMore(int taken) => taken < 1;

    /// <summary>The next call; null if it takes an answer to know.</summary>
    /// <param name="index">Which, counted from 0.</param>
    /// <param name="command">The command, still to be read from.</param>
    public virtual StorageCall? Next(int index, RespReader command) => throw new UnreachableException("its call was given");

    /// <summary>An answer came; what is returned is kept until the errand's turn to reply.</summary>
    /// <param name="index">To which call.</param>
    /// <param name="answer">What.</param>
    public virtual StorageAnswer Take(int index, StorageAnswer answer) => answer;

    /// <summary>All answers are there, and all earlier commands have their replies.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="answer">The last that was kept.</param>
    /// <param name="now">In milliseconds since 1970 (UTC).</param>
    public void Answer(RespWriter writer, StorageAnswer answer, long now)
    {
        if (answer is StorageAnswer.Failed failed)
            Failure.Write(writer, failed);
        else
            Reply(writer, answer, now);
    }

    /// <summary>What the client is told, if nothing failed.</summary>
    protected abstract void Reply(RespWriter writer, StorageAnswer answer, long now);
}
