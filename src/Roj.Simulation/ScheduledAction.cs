namespace Roj.Simulation;

/// <summary>The general event. The network's own events are objects that are used again and again.</summary>
internal sealed class ScheduledAction(Action action) : Scheduled
{
    internal override void Happen() => action();
}
