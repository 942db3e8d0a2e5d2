using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>One call on its way: it asks nodes, and hears their answers.</summary>
internal abstract class Routed(Router router, Action<StorageAnswer> done)
{
    /// <summary>What the questions that it waits for are known by.</summary>
    public ulong Id { get; private set; } = router.NextId();

    /// <summary>When it goes on without those who have not answered.</summary>
    public Instant Due { get; protected set; }

    /// <summary>Whether it has been answered.</summary>
    public bool IsDone { get; private set; }

    protected Router Router => router;

    /// <summary>Somebody answers.</summary>
    public abstract void Hear(Moment at, NodeId from, StorageMessage message);

    /// <summary>The time is over.</summary>
    public abstract void Late(Moment at);

    /// <summary>Somebody is here no more, who will not answer.</summary>
    public abstract void Lose(Moment at, NodeId node);

    /// <summary>It asks once more, until then, and answers to what it asked before are heard no more.</summary>
    protected void AskAnew(Instant due)
    {
        var isUnderWay = router.Forget(this); // by what it was known by
        (Id, Due) = (router.NextId(), due);
        if (isUnderWay)
            router.Begin(this);
    }

    protected void End(StorageAnswer answer)
    {
        if (IsDone)
            return;
        IsDone = true;
        router.Forget(this);
        done(answer);
    }
}
