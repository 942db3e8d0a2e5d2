using Roj.Kernel;

namespace Roj.Files;

/// <summary>Since when a node lacks something that nobody connected gives: then it changes one of its connections now and then.</summary>
/// <remarks>So a swarm whose random graph fell into parts, or a node among peers that have everything and give nothing, gets out of
/// it.</remarks>
internal sealed class Starvation(TimeSpan patience)
{
    private Instant? since;

    /// <summary>When a connection is to be changed.</summary>
    public Instant? Due => since + patience;

    /// <summary>Something happened that may have changed it.</summary>
    public void Watch(Instant now, bool isHungry) => since = isHungry ? since ?? now : null;

    /// <summary>Whether it has lasted too long; then it begins anew.</summary>
    public bool IsOver(Instant now)
    {
        if (!(Due <= now))
            return false;
        since = now;
        return true;
    }
}
