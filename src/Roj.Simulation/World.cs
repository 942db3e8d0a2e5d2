using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation;

/// <summary>Virtual time, an event queue, a network and the machines on it: all that happens follows from the seed.</summary>
/// <remarks>
/// <para>One caller. Nothing here waits, and nothing reads a real clock: a run is as fast as its events can be carried out.</para>
/// <para>An exception thrown by a machine comes out of <see cref="Step"/>: a broken invariant stops the run where it happened.</para>
/// </remarks>
public sealed class World
{
    private readonly PriorityQueue<Scheduled, Due> queue = new();
    private readonly List<Machine> machines = [];
    private long sequence;

    /// <summary>An empty world at instant zero.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text, line by line; null where only the hash is wanted.</param>
    public World(ulong seed, Action<string>? sink = null)
    {
        Seed = seed;
        Trace = new Trace(this) { Sink = sink };
        Network = new SimNetwork(this);
    }

    /// <summary>The number that everything follows from.</summary>
    public ulong Seed { get; }

    /// <summary>The true time. A machine sees it through its own <see cref="Machine.Clock"/>.</summary>
    public Instant Now { get; private set; }

    /// <summary>What happened so far, as a hash and, if asked for, as text.</summary>
    public Trace Trace { get; }

    /// <summary>The one network that all machines are attached to.</summary>
    public SimNetwork Network { get; }

    /// <summary>All machines, in the order in which they were made: <see cref="Machine.Id"/> is the index.</summary>
    public IReadOnlyList<Machine> Machines => machines;

    /// <summary>Events carried out so far.</summary>
    public long Events { get; private set; }

    /// <summary>Events that wait, cancelled ones included.</summary>
    public int Pending => queue.Count;

    internal Buffers Buffers { get; } = new();

    /// <summary>A generator for one purpose. The same seed and purpose give the same numbers, whatever else draws.</summary>
    public Rng RngFor(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        return new Rng(Seed ^ StableHash.Of(purpose));
    }

    /// <summary>Lets <paramref name="action"/> happen at <paramref name="at"/>, or next if that has passed; after what was scheduled
    /// earlier for the same instant.</summary>
    public Scheduled Schedule(Instant at, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var scheduled = new ScheduledAction(action);
        Schedule(at, scheduled);
        return scheduled;
    }

    /// <summary>Carries out the next event.</summary>
    /// <returns>False if there was none: nothing will ever happen again by itself.</returns>
    public bool Step() => StepUntil(long.MaxValue);

    /// <summary>Carries out everything up to and including <paramref name="until"/>, or until <paramref name="done"/> holds after an
    /// event.</summary>
    /// <returns>Whether <paramref name="done"/> held; false without one. When it is false, <see cref="Now"/> is <paramref
    /// name="until"/>.</returns>
    public bool Run(Instant until, Func<bool>? done = null)
    {
        while (StepUntil(until.Ticks))
        {
            if (done is not null && done())
                return true;
        }

        Now = Now < until ? until : Now;
        return false;
    }

    internal void Schedule(Instant at, Scheduled scheduled) =>
        queue.Enqueue(scheduled, new Due(Math.Max(at.Ticks, Now.Ticks), sequence++));

    internal int Enroll(Machine machine)
    {
        machines.Add(machine);
        return machines.Count - 1;
    }

    private bool StepUntil(long untilTicks)
    {
        while (queue.TryPeek(out var next, out var due))
        {
            if (!next.IsCancelled && due.Ticks > untilTicks)
                return false;
            queue.Dequeue();
            if (next.IsCancelled)
                continue;

            Now = new Instant(due.Ticks);
            Events++;
            Trace.Mix(due);
            next.Happen();
            return true;
        }

        return false;
    }
}
