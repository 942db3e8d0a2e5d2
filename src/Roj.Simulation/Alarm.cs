using Roj.Kernel;

namespace Roj.Simulation;

/// <summary>A machine's one alarm. Moving it later, which programs do at every input, costs no event: it looks again when it
/// rings.</summary>
internal sealed class Alarm(World world, Action ring)
{
    private Entry? entry;
    private Instant? due;

    internal void Set(Instant? at)
    {
        due = at;
        if (at is not { } wanted || entry?.At <= wanted)
            return;
        entry?.Cancel();
        Queue(wanted);
    }

    private void Queue(Instant at)
    {
        entry = new Entry(this, at);
        world.Schedule(at, entry);
    }

    private void Look()
    {
        entry = null;
        if (due is not { } wanted)
            return;
        if (wanted > world.Now)
        {
            Queue(wanted);
            return;
        }

        due = null;
        ring();
    }

    private sealed class Entry(Alarm alarm, Instant at) : Scheduled
    {
        internal Instant At => at;

        internal override void Happen() => alarm.Look();
    }
}
