namespace Roj.Simulation;

/// <summary>Something that will happen at a virtual instant, unless it is cancelled first.</summary>
public abstract class Scheduled
{
    private protected Scheduled()
    {
    }

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Makes it not happen. Costs nothing: the queue drops it when its instant comes. Harmless when it has happened
    /// already.</summary>
    public void Cancel() => IsCancelled = true;

    internal abstract void Happen();
}
