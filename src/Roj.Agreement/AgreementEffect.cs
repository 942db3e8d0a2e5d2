namespace Roj.Agreement;

/// <summary>What agreement asks of its host.</summary>
public abstract record AgreementEffect
{
    private AgreementEffect()
    {
    }

    /// <summary>Has a record survive a power cut: whatever stands behind this in the outbox waits for it. Many may share one
    /// sync.</summary>
    /// <param name="Key">Under which key of <see cref="IStableStore"/>: it is found there from now on.</param>
    /// <param name="Value">What; null to remove it.</param>
    public sealed record Save(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value) : AgreementEffect;
}
