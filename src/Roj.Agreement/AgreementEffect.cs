namespace Roj.Agreement;

/// <summary>What agreement asks of its host.</summary>
public abstract record AgreementEffect
{
    private AgreementEffect()
    {
    }

    /// <summary>Has a slot survive a power cut: whatever stands behind this in the outbox waits for it. Many may share one sync.</summary>
    /// <param name="Name">Whose.</param>
    /// <param name="Slot">What.</param>
    public sealed record Save(RegisterName Name, Slot Slot) : AgreementEffect;
}
