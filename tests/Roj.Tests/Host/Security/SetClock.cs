namespace Roj.Tests.Host.Security;

/// <summary>A clock that goes on when it is told to.</summary>
internal sealed class SetClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Add(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref ticks);
}
