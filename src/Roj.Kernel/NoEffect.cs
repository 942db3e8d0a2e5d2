namespace Roj.Kernel;

/// <summary>The effects of a core that has none: no value of this type exists, so its outbox can hold messages and events only.</summary>
public sealed class NoEffect
{
    private NoEffect()
    {
    }
}
